import { readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { openDiagnostics } from '../../../src/store/run/diagnostics.ts';
import { openStore, RUN, workspace } from './rig.ts';

it('writes diagnostics as JSON lines into the run folder, at once', async () => {
  const { run } = workspace();
  const log = await openDiagnostics(run);
  log.warn({ turn: 3 }, 'slow');
  const line: unknown = JSON.parse(readFileSync(run.diagnostics, 'utf8'));
  expect(line).toMatchObject({ level: 40, turn: 3, msg: 'slow', run_id: RUN });
});

it('writes no diagnostics through a link', async () => {
  const { run, folder } = workspace();
  await openStore(folder);
  symlinkSync(path.join(folder, 'elsewhere'), run.diagnostics);
  await expect(openDiagnostics(run)).rejects.toThrow('symbolic link');
});
