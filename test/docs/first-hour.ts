import { readFileSync } from 'node:fs';
import path from 'node:path';
import { PROJECT } from './markdown.ts';

/** The lines of a transcript in docs/first-hour.md, which scripts/first-hour.ts writes there. */
export function documented(name: 'demo' | 'claude'): string[] {
  const page = readFileSync(path.join(PROJECT, 'docs/first-hour.md'), 'utf8');
  const block = new RegExp(`<!-- transcript ${name} -->\\n\`\`\`text\\n([^]*?)\`\`\`\\n`).exec(page)?.[1] ?? '';
  return block.split('\n').filter((line) => line !== '');
}
