import { expect, it } from 'vitest';
import { documented } from '../docs/first-hour.ts';
import { notPrinted, shownAs } from '../support/transcript.ts';
import { firstRunWithClaude } from './first-hour.ts';
import { installed } from './stage.ts';

it('a first run with claude in an empty HOME prints what docs/first-hour.md shows', async () => {
  const lines = documented('claude');
  expect(lines.length).toBeGreaterThan(30);
  const { claude = '' } = installed();
  expect(notPrinted(lines, shownAs(await firstRunWithClaude(claude)))).toEqual([]);
});
