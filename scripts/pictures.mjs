#!/usr/bin/env node
// Usage: npm run docs:pictures   (on Linux, after a build: it runs dist/autoloop demo in a terminal made by script(1))
// Draws the pictures of the documents: the figure of the loop, and what the demo printed. The parts that are shown are chosen by
// their words; nothing in them is changed, and a part that is not there any more is an error.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { THEMES } from './pictures/colours.mjs';
import { loopFigure } from './pictures/figure.mjs';
import { screenLines, screenPicture, textOf, wrapped } from './pictures/screen.mjs';

const PROJECT = fileURLToPath(new URL('..', import.meta.url));
const PICTURES = path.join(PROJECT, 'docs', 'pictures');
const COLUMNS = 84;
const TITLE =
  'A part of what autoloop demo prints: a change breaks five tests, the next cycle mends it, the run ends with success';

/** What is shown, from the line that begins so to the next one that begins so; what lies between two parts is an ellipsis. */
const SHOWN = [
  ['--- implement cycle 1/15 --- (attempt 2)', '[*] implement complete (cycle 2)'],
  ['[*] Audit: gaps found.', '[FOLLOW-UP]'],
  ['Audit: ', 'Chain: '],
  ['[SUCCESS]', '[SUCCESS]'],
];

function main() {
  const lines = screenLines(outputOfDemo());
  const prompt = [
    { text: '$ ', colour: 'faint', isBold: false },
    { text: 'autoloop demo', colour: null, isBold: true },
  ];
  const gap = [{ text: '…', colour: 'faint', isBold: false }];
  const shown = [prompt];
  let from = 0;
  for (const [first, last] of SHOWN) {
    const begin = indexOf(lines, first, from);
    const end = indexOf(lines, last, begin);
    shown.push(gap, ...lines.slice(begin, end + 1));
    from = end;
  }
  const rows = wrapped(shown, COLUMNS);
  for (const [name, theme] of Object.entries(THEMES)) {
    write(`loop-${name}.svg`, loopFigure(theme));
    write(`run-${name}.svg`, screenPicture(rows, { columns: COLUMNS, title: TITLE, theme }));
  }
}

function outputOfDemo() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'autoloop-pictures-'));
  try {
    const command = `stty cols ${COLUMNS} rows 40; dist/autoloop demo --workspace ${folder}/roman`;
    // As somebody sees it who has run nothing before.
    const env = { HOME: folder, PATH: process.env.PATH, TERM: 'xterm-256color' };
    const options = { cwd: PROJECT, encoding: 'utf8', env };
    return execFileSync('script', ['-qec', command, '/dev/null'], options);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function indexOf(lines, words, from) {
  const index = lines.findIndex((line, at) => at >= from && textOf(line).startsWith(words));
  if (index === -1) throw new Error(`the demo printed no line any more that begins with: ${words}`);
  return index;
}

function write(name, content) {
  writeFileSync(path.join(PICTURES, name), content);
  console.log(`docs/pictures/${name}`);
}

main();
