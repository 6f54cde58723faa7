import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Check } from '../core/checks/check.ts';
import { implausibility } from '../core/checks/plausible.ts';
import { type CheckResult, TestCollector } from '../core/checks/results.ts';
import { readCarefully } from '../files/careful-read.ts';
import type { CheckProcesses, ProcessEnd } from './processes.ts';
import { scriptsIn } from './scripts.ts';
import { arrange, type Arrangement, type CommandFacts } from './arrange.ts';
import { checkEnvironment, type Place } from './environment.ts';
import { MOST_RESULT_BYTES, type Parsed } from './parse/parsed.ts';
import { type KnownParser, outputReader, parseDocument } from './read-output.ts';
import { readResult, readResults } from './result-files.ts';

export interface CheckRequest {
  readonly check: Check;
  readonly place: Place;
  /** The parser that its results had at the base; null: this is the base. */
  readonly expected: KnownParser | null;
  /** A folder of ours outside of the tree for result files; made if need be. */
  readonly scratch: string;
  readonly logFile: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface RanCheck {
  readonly result: CheckResult;
  readonly parser: KnownParser;
}

/** Runs one check once and reads its results. Everything it started has ended when this resolves. */
export async function runCheck(request: CheckRequest, processes: CheckProcesses): Promise<RanCheck> {
  const { check, place, scratch } = request;
  mkdirSync(scratch, { recursive: true });
  const file = path.join(scratch, `${randomBytes(12).toString('hex')}.results`);
  const arrangement = arrange(check, factsOf(place.cwd), file);
  const reader = await outputReader(arrangement, place.root);
  try {
    const end = await processes.run({
      run: arrangement.run,
      joined: arrangement.joined,
      cwd: place.cwd,
      env: checkEnvironment(request.env, place, arrangement.env),
      logFile: request.logFile,
      timeoutMs: check.timeoutMinutes * 60_000,
      onLine: (line) => reader.line(line),
    });
    const output = await reader.end();
    const fromFiles = await parseFiles(arrangement, request, file);
    const { parser, parsed } = fromFiles ?? output;
    return { parser, result: resultOf(end, { check, parser, parsed }, request.expected) };
  } finally {
    rmSync(file, { force: true });
  }
}

/** Null where the results are in the output, or a runner that was to write a file left none: then the exit code counts. */
async function parseFiles(
  { from, parser }: Arrangement,
  { place, check, scratch, expected }: CheckRequest,
  file: string,
): Promise<{ parser: KnownParser; parsed: Parsed } | null> {
  if (from === 'output' || parser === 'unknown') return null;
  const found = new TestCollector();
  const unreadable = (why: string) => ({ parser, parsed: { found, unreadable: why } });
  if (from === 'file') {
    const text = readResult(file, { root: scratch, room: MOST_RESULT_BYTES });
    if (typeof text === 'string') return { parser, parsed: await parseDocument(parser, text, place.root) };
    return expected === null && check.parser === 'auto'
      ? { parser: 'exit', parsed: { found, unreadable: null } }
      : unreadable(text.unreadable);
  }
  const read = readResults(check.results ?? '', place);
  if ('unreadable' in read) return unreadable(read.unreadable);
  if (read.texts.length === 0) return unreadable(`it wrote no results to ${check.results ?? ''}`);
  for (const text of read.texts) {
    const parsed = await parseDocument(parser, text, place.root);
    if (parsed.unreadable !== null) return unreadable(parsed.unreadable);
    for (const [id, outcome] of parsed.found.tests) found.add(id, outcome, parsed.found.files.get(id) ?? null);
  }
  return { parser, parsed: { found, unreadable: null } };
}

interface Read {
  readonly check: Check;
  readonly parser: KnownParser;
  readonly parsed: Parsed;
}

function resultOf(end: ProcessEnd, { check, parser, parsed }: Read, expected: KnownParser | null): CheckResult {
  const { ending, exitCode, durationMs } = end;
  const { found } = parsed;
  const isExit = parser === 'exit';
  if (isExit && ending === 'exited') found.add(check.name, exitCode === 0 ? 'passed' : 'failed');
  // A suite that had results and has none any more is not judged by its exit code alone.
  const changed = expected !== null && expected !== parser && isExit ? 'it left no results, and did at the base' : null;
  const unreadable = parsed.unreadable ?? changed;
  const observed = { ending, exitCode, tests: found.tests, unreadable };
  return {
    ending,
    exitCode,
    durationMs,
    tests: found.tests,
    files: found.files,
    flaky: [],
    implausible: implausibility(observed, parser),
  };
}

/** A check whose folder could not be prepared. */
export function setUpFailed(expected: KnownParser | null): RanCheck {
  const nothing = { tests: new Map(), files: new Map(), flaky: [] };
  const implausible = 'the command of evidence.setup failed';
  const result = { ending: 'setup_failed', exitCode: null, durationMs: 0, implausible, ...nothing } as const;
  return { result, parser: expected ?? 'exit' };
}

/** What package.json and Makefile of a folder say; unreadable ones say nothing. */
function factsOf(cwd: string): CommandFacts {
  const text = (name: string) => readCarefully(path.join(cwd, name), { followLinks: true })?.toString() ?? null;
  const scripts = scriptsIn(text('package.json'));
  return { scripts, makefile: text('Makefile') ?? text('makefile') ?? text('GNUmakefile') };
}
