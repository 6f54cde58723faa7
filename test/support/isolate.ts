import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';

/** Runs before every test file: nothing of the developer's reaches a test. */
const home = mkdtempSync(path.join(tmpdir(), 'autoloop-home-'));
for (const name of Object.keys(process.env)) {
  if (/^(GIT_|XDG_|CODEX|CLAUDE|ANTHROPIC|OPENAI|AUTOLOOP)/.test(name)) Reflect.deleteProperty(process.env, name);
}
Object.assign(process.env, {
  HOME: home,
  TZ: 'UTC',
  LC_ALL: 'C.UTF-8',
  GIT_CONFIG_NOSYSTEM: '1',
  NO_COLOR: '1',
});

afterAll(() => rmSync(home, { recursive: true, force: true }));
