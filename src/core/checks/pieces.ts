import { compareInline, mayHaveInlineTests, withInlineTests } from './inline-tests.ts';

/**
 * Files of which only some parts decide what a check says. Reads the parts of one text into another: everything else stays as it is
 * there. Null for a file that has no such parts, or cannot be read: then it is taken whole.
 */
export function withPiecesOf(path: string, text: { readonly of: string; readonly into: string }): string | null {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (name === 'package.json') return packagePieces(text.of, text.into);
  if (name === 'pyproject.toml') return sectionPieces(text.of, text.into, TOML_SECTION);
  if (name === 'Cargo.toml') return sectionPieces(text.of, text.into, CARGO_SECTION);
  if (name === 'setup.cfg') return sectionPieces(text.of, text.into, INI_SECTION);
  if (mayHaveInlineTests(path)) return withInlineTests(text);
  return null;
}

/** Whether the parts that decide are the same in both texts. */
export function samePieces(path: string, a: string, b: string): boolean {
  if (mayHaveInlineTests(path)) return compareInline(a, b).tests;
  const merged = withPiecesOf(path, { of: a, into: b });
  return merged !== null && normalized(path, merged) === normalized(path, b);
}

function normalized(path: string, text: string): string {
  if (path.endsWith('package.json')) return JSON.stringify(parseObject(text));
  return text.replace(/\s+/g, ' ').trim();
}

/** Keys of package.json that say what runs and how. */
const PACKAGE_KEYS: readonly string[] = [
  'scripts',
  'config',
  'jest',
  'vitest',
  'mocha',
  'ava',
  'tap',
  'nyc',
  'c8',
  'playwright',
  'cypress',
  'karma',
  'wireit',
  'eslintConfig',
  'eslintIgnore',
  'stylelint',
];

function packagePieces(of: string, into: string): string | null {
  const [from, to] = [parseObject(of), parseObject(into)];
  if (from === null || to === null) return null;
  const kept = Object.entries(to).filter(([key]) => !PACKAGE_KEYS.includes(key));
  const pieces = Object.entries(from).filter(([key]) => PACKAGE_KEYS.includes(key));
  const indent = /^\{\r?\n([ \t]+)/.exec(into)?.[1] ?? 2;
  return `${JSON.stringify(Object.fromEntries([...kept, ...pieces]), null, indent)}\n`;
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null; // what npm could not read either
  }
}

/** Sections about pytest, tox, coverage and test environments, by their header. */
const TOML_SECTION =
  /^\[+\s*(?:tool\.(?:pytest|tox|coverage|nox|hatch\.envs|pdm\.scripts|poe|ruff|mypy|pyright|pylint)\b|project\.entry-points\.["']?pytest11\b)/;
/** Which tests there are, how they are built, and what the compiler lets pass. */
const CARGO_SECTION = /^\[+\s*(?:test|bench|profile|lints|workspace\.lints|dev-dependencies|patch)\b/;
const INI_SECTION = /^\[\s*(?:tool:pytest|pytest|tox|testenv|coverage|aliases|flake8|mypy|pylint)\b/;

/** Takes sections line by line, so that comments and order of the rest stay. */
function sectionPieces(of: string, into: string, header: RegExp): string {
  const pieces = sectionsOf(of).filter((section) => header.test(section));
  const rest = sectionsOf(into).filter((section) => !header.test(section));
  return [...rest.map(ended), ...pieces.map(ended)].join('');
}

/** A text cut before each header; what stands before the first is the first piece. */
function sectionsOf(text: string): string[] {
  return text.split(/^(?=\s*\[[^\]\n]+\]+\s*(?:[#;].*)?$)/m).map((section) => section.replace(/^\s+(?=\[)/, ''));
}

function ended(section: string): string {
  return section === '' || section.endsWith('\n') ? section : `${section}\n`;
}
