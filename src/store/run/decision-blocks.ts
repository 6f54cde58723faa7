import { ownValue } from '../../core/own-value.ts';

/**
 * decisions.txt as text (docs/state.md): blocks, each under one header line. Agents write into the same file and may have
 * mangled it, so that reading is lenient: what is not a header line is text, an attribute that is not a number counts as none.
 */

/** Attributes of a header, in the order in which they are written. */
export interface BlockHeader {
  readonly block_seq: number;
  readonly owner: string;
  readonly phase_id: string;
  readonly pair: string | null;
  readonly turn_seq: number;
  readonly run_id: string;
  readonly ts: string;
  readonly entry?: 'questions' | 'answers';
  readonly qa_seq?: number;
  readonly source?: 'human' | 'auto';
}

export interface Block {
  readonly attributes: Readonly<Record<string, string>>;
  /** Where its header line begins, in characters. */
  readonly start: number;
  /** The lines under the header. */
  readonly body: string;
}

export function parseBlocks(text: string): readonly Block[] {
  const heads = [...text.matchAll(HEADER)];
  return heads.map((head, index) => {
    const bodyStart = Math.min(head.index + head[0].length + 1, text.length);
    return {
      attributes: attributesOf(head[1] ?? ''),
      start: head.index,
      body: text.slice(bodyStart, heads[index + 1]?.index ?? text.length),
    };
  });
}

/** `text` with one more block at its end; `body` may be empty. No blank line stands between blocks. */
export function withBlock(text: string, header: BlockHeader, body: string): string {
  const before = text.trimEnd();
  const lines = body.trim().replaceAll(/\r\n?/g, '\n');
  const end = lines === '' ? '' : `${notAHeader(lines)}\n`;
  return `${before}${before === '' ? '' : '\n'}${headerLine(header)}\n${end}`;
}

/** The number in an attribute; 0 when there is none. */
export function sequence(block: Block, name: 'block_seq' | 'turn_seq' | 'qa_seq'): number {
  const value = block.attributes[name] ?? '';
  return /^\d{1,9}$/.test(value) ? Number(value) : 0;
}

/** A line in a body that looks like a header is indented by a space, and so no header. */
export function notAHeader(body: string): string {
  return body.replace(HEADER, ' $&');
}

const HEADER = /^<(?:autoloop|superloop)-decisions-header\b([^\n]*?)\/?>[ \t\r]*$/gm;

function headerLine(header: BlockHeader): string {
  const { block_seq, owner, phase_id, pair, turn_seq, run_id, ts, entry, qa_seq, source } = header;
  const attributes = { version: 1, block_seq, owner, phase_id, pair, turn_seq, run_id, ts, entry, qa_seq, source };
  const text = Object.entries(attributes)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => `${name}="${escape(String(value))}"`)
    .join(' ');
  return `<autoloop-decisions-header ${text} />`;
}

function attributesOf(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...text.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, unescape(value)]),
  );
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#x27;',
};

function escape(value: string): string {
  return value
    .replaceAll(/[&<>"']/g, (character) => ownValue(ENTITIES, character) ?? character)
    .replaceAll(/[^\P{Cc}]/gu, (character) => `&#${character.charCodeAt(0)};`);
}

function unescape(value: string): string {
  return value.replaceAll(/&(?:amp|lt|gt|quot|apos|#x?[0-9a-f]{1,6});/gi, (entity) => {
    const code = /^&#(x?)([0-9a-f]+);$/i.exec(entity);
    if (code?.[2] === undefined) return ownValue(NAMED, entity.toLowerCase()) ?? entity;
    const point = Number.parseInt(code[2], code[1] === '' ? 10 : 16);
    return point <= 0x10ffff ? String.fromCodePoint(point) : entity;
  });
}

const NAMED: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&apos;': "'",
};
