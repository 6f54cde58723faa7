// `npm run docs:first-hour -- CLAUDE`: types the first hour of a newcomer and writes what was printed, word for word, into
// docs/first-hour.md. CLAUDE is the path of a real claude, which talks to a mock on this machine; without it only the demo is shown anew.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { firstDemo, firstRunWithClaude } from '../test/agents/first-hour.ts';
import { shownAs, type Typed } from '../test/support/transcript.ts';

const PAGE = path.join(import.meta.dirname, '..', 'docs', 'first-hour.md');

function put(page: string, name: string, typed: readonly Typed[]): string {
  const place = new RegExp(`(<!-- transcript ${name} -->\\n\`\`\`text\\n)[^]*?(\`\`\`\\n)`);
  if (!place.test(page)) throw new Error(`docs/first-hour.md has no place for the transcript ${name}`);
  return page.replace(place, (_all, begin: string, end: string) => `${begin}${shownAs(typed)}${end}`);
}

let page = put(readFileSync(PAGE, 'utf8'), 'demo', await firstDemo());
const claude = process.argv[2];
if (claude !== undefined) page = put(page, 'claude', await firstRunWithClaude(path.resolve(claude)));
writeFileSync(PAGE, page);
process.stdout.write('docs/first-hour.md\n');
