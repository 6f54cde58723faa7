import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { KNOWN, UNKNOWN } from './placeholder-forms.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const SCRIPT = path.join(ROOT, 'scripts/assets.mjs');
const MODULE = 'src/prompts/assets.ts';
const TEMPLATE = 'src/prompts/templates/plan-producer.md';

function generate(cwd: string, ...args: string[]): { code: number | null; said: string } {
  const { status, stderr, stdout } = spawnSync(process.execPath, [SCRIPT, ...args], { cwd, encoding: 'utf8' });
  return { code: status, said: stdout + stderr };
}

test('the committed module is what the generator makes of the committed texts', () => {
  expect(generate(ROOT, '--check')).toEqual({ code: 0, said: '' });
});

describe('the generator, on a copy of the texts', () => {
  let copy = '';
  beforeEach(() => {
    copy = mkdtempSync(path.join(tmpdir(), 'autoloop-assets-'));
    cpSync(path.join(ROOT, 'src/prompts'), path.join(copy, 'src/prompts'), { recursive: true });
    cpSync(path.join(ROOT, 'skill'), path.join(copy, 'skill'), { recursive: true });
  });
  const read = (file: string): string => readFileSync(path.join(copy, file), 'utf8');
  const write = (file: string, text: string): void => writeFileSync(path.join(copy, file), text);

  test('calls the module stale when a text changed or the module is missing its last byte, and mends it', () => {
    const before = read(MODULE);
    write(MODULE, before.slice(0, -1));
    expect(generate(copy, '--check')).toMatchObject({
      code: 1,
      said: expect.stringContaining('npm run assets') as string,
    });
    expect(read(MODULE)).toBe(before.slice(0, -1));
    expect(generate(copy).code).toBe(0);
    expect(read(MODULE)).toBe(before);
    write('skill/SKILL.md', `${read('skill/SKILL.md')}more\n`);
    expect(generate(copy, '--check').code).toBe(1);
  });

  test('makes the same module of texts with Windows line ends', () => {
    const before = read(MODULE);
    write(TEMPLATE, read(TEMPLATE).replaceAll('\n', '\r\n'));
    generate(copy);
    expect(read(MODULE)).toBe(before);
  });

  test('carries over text that means something in a template literal', () => {
    const odd = '`tick` ${dollar} $& \\n \\` \\${x} “…” \u2028 end\n';
    write(TEMPLATE, odd);
    expect(generate(copy).code).toBe(0);
    const print = `import(${JSON.stringify(path.join(copy, 'assets.mjs'))}).then((m) => process.stdout.write(m.TEMPLATES['plan-producer']))`;
    write('assets.mjs', read(MODULE));
    expect(execFileSync(process.execPath, ['-e', print], { encoding: 'utf8' })).toBe(odd);
  });

  test('knows the placeholders that the program knows', () => {
    write(TEMPLATE, KNOWN.map((body) => `{{${body}}}`).join('\n'));
    expect(generate(copy)).toEqual({ code: 0, said: '' });
  });

  test('refuses all others by file and name, and writes nothing', () => {
    const before = read(MODULE);
    write(TEMPLATE, `${UNKNOWN.map((body) => `{{${body}}}`).join('\n')}\n{{artifact_dir} }`);
    const { code, said } = generate(copy);
    expect(code).toBe(1);
    for (const body of UNKNOWN) expect(said).toContain(`ERROR: ${TEMPLATE}: unknown placeholder {{${body}}}`);
    expect(said).toContain(`ERROR: ${TEMPLATE}: unpaired {{ or }}`);
    expect(read(MODULE)).toBe(before);
  });

  test('refuses an argument that it does not know', () => {
    expect(generate(copy, '--chekc')).toEqual({ code: 1, said: 'ERROR: usage: assets.mjs [--check]\n' });
  });
});
