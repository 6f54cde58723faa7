// Writes the tables of configuration keys into docs/configuration.md and README.md from the rows of src/config/keys.ts.
// Run by `npm run docs:keys`; a test holds that the pages are what this writes.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describedKeys, type KeyDescription } from '../src/config/described.ts';
import { SECTIONS } from '../src/config/keys.ts';

const PAGES = { 'docs/configuration.md': fullTable, 'README.md': shortTable } as const;
const BEGIN = '<!-- keys: written by `npm run docs:keys` -->\n';
const END = '<!-- end of keys -->\n';

/** Each page as it has to be, by its path from the root of the package. */
export function pagesWithTables(root: string): Record<string, { readonly is: string; readonly wanted: string }> {
  const pages = Object.entries(PAGES).map(([page, table]) => {
    const is = readFileSync(path.join(root, page), 'utf8');
    const [before, rest] = [is.indexOf(BEGIN), is.indexOf(END)];
    if (before < 0 || rest < before) throw new Error(`${page} has no place for its table of keys`);
    return [page, { is, wanted: `${is.slice(0, before)}${BEGIN}\n${table()}\n${is.slice(rest)}` }] as const;
  });
  return Object.fromEntries(pages);
}

/** A line for each key, those of older names and within lists included. */
function fullTable(): string {
  const rows = describedKeys().map((entry) => [code(entry.key), entry.type, fallback(entry), entry.meaning]);
  return tableOf([['key', 'type', 'default', 'meaning'], ...rows]);
}

/** A line for each section. */
function shortTable(): string {
  const keys = describedKeys().filter(({ meaning }) => !meaning.startsWith('Older name'));
  const rows = Object.entries(SECTIONS).map(([section, about]) => {
    const below = keys.filter(({ key }) => sectionOf(key) === section);
    return [code(section), below.map(named).join(', '), about];
  });
  return tableOf([['section', 'keys, and their defaults', 'about'], ...rows]);
}

function sectionOf(key: string): string {
  return key.slice(0, key.lastIndexOf('.'));
}

function named({ key, default: value }: KeyDescription): string {
  const name = code(key.slice(key.lastIndexOf('.') + 1));
  return value === null ? name : `${name} (${code(written(value))})`;
}

function fallback({ default: value, required }: KeyDescription): string {
  if (required) return 'required';
  return value === null ? 'unset' : code(written(value));
}

function written(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? '[]' : value.join(', ');
  return String(value);
}

function code(text: string): string {
  return `\`${text}\``;
}

function tableOf([head = [], ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('');
}

if (process.argv[1] === import.meta.filename) {
  const root = path.join(import.meta.dirname, '..');
  for (const [page, { wanted }] of Object.entries(pagesWithTables(root))) writeFileSync(path.join(root, page), wanted);
}
