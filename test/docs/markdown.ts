import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's root. */
export const PROJECT = fileURLToPath(new URL('../../', import.meta.url));

const BLOCK = /^```\w*\n([\s\S]*?)^```$/gm;

/** The text of a file of the project. */
export function textOf(file: string): string {
  return readFileSync(path.join(PROJECT, file), 'utf8');
}

/** The links of a Markdown file that lead nowhere: to a missing file, or to a heading that its file does not have. */
export function deadLinks(file: string): string[] {
  const found = withoutCode(textOf(file)).matchAll(/\]\(([^)\s]+)\)|(?:src|srcset)="([^"]+)"/g);
  const links = [...found].map(([, target, picture = '']) => target ?? picture);
  return links.filter((link) => !/^https?:/.test(link) && !leadsSomewhere(file, link));
}

/** The first cells of the rows of every table of a file, without the header. */
export function firstCells(text: string): string[] {
  return text
    .split('\n')
    .filter(
      (line, index, lines) =>
        line.startsWith('|') && !/^\|[\s:|-]+\|$/.test(line) && !/^\|[\s:|-]+\|$/.test(lines[index + 1] ?? ''),
    )
    .map((line) => line.split(/(?<!\\)\|/)[1]?.trim() ?? '');
}

/** Everything between single backticks, outside the blocks of code. */
export function codeIn(text: string): string[] {
  return [...text.replace(BLOCK, '').matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
}

/** Everything between backticks, and every line of the blocks of code. */
export function codeOf(text: string): string[] {
  const blocks = [...text.matchAll(BLOCK)].flatMap(([, body = '']) => body.split('\n'));
  return [...blocks, ...codeIn(text)];
}

/** The part of a document below a heading, up to the next one of the same level. */
export function section(text: string, heading: string): string {
  const [, rest = ''] = text.split(`\n## ${heading}\n`);
  return rest.split('\n## ')[0] ?? '';
}

function leadsSomewhere(from: string, link: string): boolean {
  const [file = '', anchor] = link.split('#');
  const target = file === '' ? from : path.join(path.dirname(from), file);
  if (!existsSync(path.join(PROJECT, target))) return false;
  return anchor === undefined || headings(target).includes(anchor);
}

function headings(file: string): string[] {
  return [...textOf(file).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-'),
  );
}

function withoutCode(text: string): string {
  return text.replace(BLOCK, '').replace(/`[^`\n]*`/g, '');
}
