import type { ParserName } from '../core/checks/check.ts';
import { TestCollector } from '../core/checks/results.ts';
import type { Arrangement } from './arrange.ts';
import { cargoParser } from './parse/cargo.ts';
import { goParser } from './parse/go.ts';
import { parseJest } from './parse/jest.ts';
import { parseJunit } from './parse/junit.ts';
import { type LineParser, MOST_RESULT_BYTES, type Parsed } from './parse/parsed.ts';
import { problemParser } from './parse/problems.ts';
import { tapParser } from './parse/tap.ts';

export type KnownParser = Exclude<ParserName, 'auto'>;

/** What takes a check's output line by line, and then says what it was. */
export interface OutputReader {
  line(text: string): void;
  end(): Promise<{ readonly parser: KnownParser; readonly parsed: Parsed }>;
}

const NOTHING = (): Parsed => ({ found: new TestCollector(), unreadable: null });

/** The reader of an arrangement whose results are in the output; for others, one that keeps nothing. */
export async function outputReader({ parser, from }: Arrangement, root: string): Promise<OutputReader> {
  if (from !== 'output' || parser === 'exit') {
    const kind = parser === 'unknown' ? 'exit' : parser;
    return { line: () => undefined, end: async () => Promise.resolve({ parser: kind, parsed: NOTHING() }) };
  }
  switch (parser) {
    case 'tap':
      return fixed(parser, await tapParser());
    case 'go':
      return fixed(parser, goParser());
    case 'cargo':
      return fixed(parser, cargoParser());
    case 'problems':
      return fixed(parser, problemParser(root));
    case 'junit':
    case 'jest':
      return wholeText(parser, root);
    case 'unknown':
      return guessing(await tapParser(), cargoParser());
  }
}

function fixed(parser: KnownParser, lines: LineParser): OutputReader {
  return { line: (text) => lines.line(text), end: async () => Promise.resolve({ parser, parsed: lines.end() }) };
}

/** A runner that nobody knows: its output is read as TAP and as cargo's text; where it is neither, its exit code counts. */
function guessing(tap: LineParser, cargo: LineParser): OutputReader {
  return {
    line(text) {
      tap.line(text);
      cargo.line(text);
    },
    async end() {
      const asTap = tap.end();
      const asCargo = cargo.end();
      if (asCargo.found.tests.size > 0) return Promise.resolve({ parser: 'cargo', parsed: asCargo });
      if (asTap.found.tests.size > 0) return Promise.resolve({ parser: 'tap', parsed: asTap });
      return Promise.resolve({ parser: 'exit', parsed: NOTHING() });
    },
  };
}

function wholeText(parser: 'junit' | 'jest', root: string): OutputReader {
  const lines: string[] = [];
  let bytes = 0;
  return {
    line(text) {
      bytes += text.length + 1;
      if (bytes <= MOST_RESULT_BYTES) lines.push(text);
    },
    async end() {
      if (bytes > MOST_RESULT_BYTES) {
        return { parser, parsed: { ...NOTHING(), unreadable: 'its results are larger than 64 MB' } };
      }
      return { parser, parsed: await parseDocument(parser, lines.join('\n'), root) };
    },
  };
}

/** One document of results. TAP and the like are documents of lines. */
export async function parseDocument(parser: KnownParser, text: string, root: string): Promise<Parsed> {
  if (parser === 'junit') return parseJunit(text, root);
  if (parser === 'jest') return parseJest(text, root);
  const reader = await outputReader({ parser, from: 'output', run: '', env: {}, joined: false }, root);
  for (const line of text.split('\n')) reader.line(line);
  return (await reader.end()).parsed;
}
