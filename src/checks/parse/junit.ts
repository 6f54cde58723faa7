import type { TestOutcome } from '../../core/checks/results.ts';
import { TestCollector } from '../../core/checks/results.ts';
import { idOf, type Parsed, withoutTree } from './parsed.ts';
import { ownValue } from '../../core/own-value.ts';

type Node = Readonly<Record<string, unknown>>;

/** Reads one JUnit document. A document with a DTD, or with entities beyond XML's five, is refused: it could be made to grow. */
export async function parseJunit(text: string, root: string): Promise<Parsed> {
  const found = new TestCollector();
  const refused = (why: string): Parsed => ({ found, unreadable: `its results cannot be read: ${why}` });
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text)) return refused('the XML has a document type declaration');
  if (!/<\/testsuites?>\s*$|<testsuites?\b[^>]*\/>\s*$/.test(text.slice(-2000)))
    return refused('the XML ends before its end');
  const { XMLParser } = await import('fast-xml-parser');
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '',
    attributesGroupName: '@',
    parseAttributeValue: false,
    parseTagValue: false,
    processEntities: false,
    isArray: (name) => name === 'testsuite' || name === 'testcase',
  });
  try {
    const document = parser.parse(text) as Node;
    walk((document['testsuites'] as Node | undefined) ?? document, [], { found, root });
  } catch (error) {
    return refused(error instanceof Error ? error.message : String(error));
  }
  return { found, unreadable: null };
}

interface Into {
  readonly found: TestCollector;
  readonly root: string;
}

function walk(suite: Node, above: readonly string[], into: Into): void {
  for (const test of list(suite['testcase'])) addTest(test, above, into);
  for (const inner of list(suite['testsuite'])) {
    const name = attribute(inner, 'name');
    walk(inner, name === null ? above : [...above, name], into);
  }
}

function addTest(test: Node, suites: readonly string[], { found, root }: Into): void {
  const local = (text: string | null) => (text === null ? null : withoutTree(text, root));
  const name = local(attribute(test, 'name')) ?? '(without a name)';
  const group = local(attribute(test, 'classname'));
  const file = local(attribute(test, 'file'));
  const isVague = group === null || group === 'test' || suites.includes(group);
  // Node's own runner names no class: there the suites and the file tell tests of one name apart.
  const named = suites.map(local).filter((suite) => suite !== group || isVague);
  const id = isVague && !isFile(group) ? idOf(file, ...named, name) : idOf(group, name);
  found.add(id, outcomeOf(test), file ?? (isFile(group) ? group : null));
}

/** vitest gives the file as the class, and the same as the suite. */
function isFile(group: string | null): boolean {
  return group !== null && /\.[cm]?[jt]sx?$|\.(?:py|rb|php|vue|svelte)$/.test(group);
}

function outcomeOf(test: Node): TestOutcome {
  if ('failure' in test || 'error' in test) return 'failed';
  return 'skipped' in test ? 'skipped' : 'passed';
}

function list(value: unknown): readonly Node[] {
  const all: readonly unknown[] = Array.isArray(value) ? value : [];
  return all.filter((item): item is Node => typeof item === 'object' && item !== null);
}

function attribute(node: Node, name: string): string | null {
  const value = ownValue(node['@'] as Node | undefined, name);
  return typeof value === 'string' && value !== '' ? decoded(value) : null;
}

const FIVE: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Throws on any entity but XML's five and characters by number. */
function decoded(text: string): string {
  return text.replaceAll(/&(#x[0-9a-f]{1,6}|#\d{1,7}|\w+);/gi, (whole, name: string) => {
    if (!name.startsWith('#')) {
      const plain = ownValue(FIVE, name);
      if (plain === undefined) throw new Error(`the entity ${whole} is not one of XML's five`);
      return plain;
    }
    const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '\uFFFD';
  });
}
