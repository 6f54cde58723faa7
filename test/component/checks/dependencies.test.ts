import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type BedOptions, CheckBed } from '../../support/check-bed.ts';
import { SHELL_PROJECT, WITH_MUL } from '../../support/shell-project.ts';

let bed: CheckBed;
afterEach(() => bed.close());

const described = (more: object) => `${JSON.stringify({ name: 'demo', dependencies: { lib: '1' }, ...more })}\n`;
const PROJECT: BedOptions = {
  files: { ...SHELL_PROJECT, 'package.json': described({}), '.gitignore': 'node_modules\n' },
  checks: [{ run: 'sh tests/run.sh', parser: 'tap' }],
  prepare: (folder) => {
    mkdirSync(path.join(folder, 'node_modules/lib'), { recursive: true });
    writeFileSync(path.join(folder, 'node_modules/lib/index.js'), '1;\n');
  },
};

describe('a changed folder of dependencies', () => {
  it.each([
    ['gates beside another word in package.json', { description: 'a demo' }, 'failed'],
    ['is shown beside another list of dependencies there', { dependencies: { lib: '2' } }, 'passed'],
  ])('%s', async (_title, more, verdict) => {
    bed = new CheckBed(PROJECT);
    const change = { 'lib.sh': WITH_MUL, 'node_modules/lib/index.js': '22;\n', 'package.json': described(more) };
    const judged = await bed.judge(change);
    expect(judged.verdict).toBe(verdict);
    const said = (verdict === 'failed' ? judged.gating : judged.shown).join('\n');
    expect(said).toMatch(/node_modules holds dependencies that are not those of the start.*lib/);
  });
});
