import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseAllDocuments, visit } from 'yaml';
import type { Document, YAMLError } from 'yaml';

/** Where something stands in a file; both count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Something wrong with a file. `key` is the dotted key that it concerns, null for the file as such. */
export interface Trouble {
  readonly at: Position;
  readonly key: string | null;
  /** What was found and what is accepted. */
  readonly text: string;
}

export interface YamlReading {
  /** The plain value; undefined when the text is not YAML. An empty text is null. */
  readonly value: unknown;
  readonly troubles: readonly Trouble[];
  /** Where the value at a path stands (`key`: where its key stands), or the closest thing around it. */
  readonly locate: (path: readonly PropertyKey[], part?: 'key' | 'value') => Position;
}

/**
 * Reads one YAML 1.2 document (core schema: `yes` is a string) and reports everything that is wrong with it. A file
 * with no other fault than duplicate keys still has a value, so that its other troubles can be told in the same breath.
 */
export function readYaml(text: string): YamlReading {
  const lines = new LineCounter();
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  try {
    const [document, ...more] = parseAllDocuments(text, { ...STRICT, lineCounter: lines });
    if (document === undefined) return { value: null, troubles: [], locate: () => at(0) };
    const troubles = [
      ...syntaxTroubles(document, at),
      ...aliasTroubles(document, at),
      ...more.slice(0, 1).map((second) => secondDocument(at(second.range[0]))),
    ];
    const locate: YamlReading['locate'] = (path, part = 'value') => at(offsetOf(document, path, part));
    if (troubles.some(({ fatal }) => fatal)) return { value: undefined, troubles, locate };
    return { value: document.toJS({ maxAliasCount: MOST_ALIASES }) as unknown, troubles, locate };
  } catch (error) {
    // The parser gives up by throwing: too many aliases, or nesting deeper than the stack.
    return { value: undefined, troubles: [invalid(at(0), (error as Error).message)], locate: () => at(0) };
  }
}

const STRICT = {
  version: '1.2',
  schema: 'core',
  strict: true,
  uniqueKeys: true,
  prettyErrors: false,
  logLevel: 'silent',
} as const;

/** Bounds what aliases of aliases may expand to. */
const MOST_ALIASES = 100;

type Offset = (offset: number) => Position;
type YamlTrouble = Trouble & { readonly fatal: boolean };

function syntaxTroubles(document: Document, at: Offset): YamlTrouble[] {
  const found: YAMLError[] = [...document.errors, ...document.warnings];
  return found.map((error) => {
    const [offset] = error.pos;
    if (error.code !== 'DUPLICATE_KEY') return { ...invalid(at(offset), error.message), fatal: true };
    const text = 'found a second time; accepted: each key once';
    return { at: at(offset), key: keyAt(document, offset), text, fatal: false };
  });
}

function aliasTroubles(document: Document, at: Offset): YamlTrouble[] {
  const troubles: YamlTrouble[] = [];
  visit(document, {
    Alias(_key, alias) {
      if (alias.resolve(document) !== undefined) return;
      const trouble = invalid(at(startOf(alias)), `no anchor &${alias.source} before the alias *${alias.source}`);
      troubles.push({ ...trouble, fatal: true });
    },
  });
  return troubles;
}

function secondDocument(position: Position): YamlTrouble {
  return { at: position, key: null, text: 'found a second document; accepted: one document', fatal: true };
}

function invalid(position: Position, message: string): Trouble {
  const reason = message.startsWith('Maximum call stack') ? 'nested too deeply' : message;
  return { at: position, key: null, text: `found invalid YAML (${reason}); accepted: a YAML 1.2 mapping` };
}

/** The dotted key whose name begins at an offset. */
function keyAt(document: Document, offset: number): string | null {
  let dotted: string | null = null;
  visit(document, {
    Pair(_key, pair, ancestors) {
      if (!isNode(pair.key) || startOf(pair.key) !== offset) return undefined;
      const above = ancestors.flatMap((ancestor) => ('key' in ancestor ? [nameOf(ancestor.key)] : []));
      dotted = [...above, nameOf(pair.key)].join('.');
      return visit.BREAK;
    },
  });
  return dotted;
}

function offsetOf(document: Document, path: readonly PropertyKey[], part: 'key' | 'value'): number {
  let node: unknown = document.contents;
  let offset = startOf(node);
  for (const [depth, step] of path.entries()) {
    const holder: unknown = isAlias(node) ? node.resolve(document) : node;
    if (isSeq(holder)) {
      node = holder.items[Number(step)];
    } else if (isMap(holder)) {
      // The last of several equal keys is the one whose value counts.
      const pair = holder.items.findLast(({ key }) => nameOf(key) === String(step));
      if (pair === undefined) return offset;
      node = part === 'key' && depth === path.length - 1 ? pair.key : (pair.value ?? pair.key);
    } else {
      return offset;
    }
    if (isNode(node)) offset = startOf(node);
  }
  return offset;
}

/** Null for a key that is a collection or an alias: it is unknown, and located by what is around it. */
function nameOf(key: unknown): string | null {
  if (!isScalar(key)) return null;
  return key.value === null ? '' : `${key.value as string | number | boolean}`;
}

function startOf(node: unknown): number {
  return (isNode(node) ? node.range?.[0] : undefined) ?? 0;
}
