import { chmodSync, cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { PROJECT } from '../support/compiled.ts';
import { fingerprint, OLD_TASK, writeFlatState, writeOldTree, type Layout } from '../support/legacy-trees.ts';
import type { Rig } from '../support/rig.ts';
import { fault } from './fault.ts';

const LOOKS = [['--list-tasks'], ['--list-tasks', '--json'], ['status'], ['status', '--json'], ['logs']];

/** Looking changes nothing, and a resume nothing of `.superloop`. Returns how the resume ended. */
async function expectUntouched(
  rig: Rig,
  root: string,
  resume: readonly string[],
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const folder = path.join(rig.workspace, root);
  const before = fingerprint(folder);
  for (const args of LOOKS) {
    await rig.run(args);
    expect(fingerprint(folder), args.join(' ')).toEqual(before);
  }
  expect(readdirSync(rig.workspace).filter((name) => name.startsWith('.') && name !== '.git')).toEqual([root]);
  const resumed = await rig.run(resume);
  if (root === '.superloop') expect(fingerprint(folder)).toEqual(before);
  return resumed;
}

for (const layout of ['G1', 'G2', 'G3', 'G4', 'G5', 'G6', 'G8'] satisfies Layout[]) {
  fault(
    `I9: state of generation ${layout} is byte for byte the same after it was listed, shown and resumed`,
    {},
    async (rig) => {
      const tree = writeOldTree(rig.workspace, layout);
      const log = path.join(tree.folder, 'runs', tree.killed, 'events.jsonl');
      const before = readFileSync(log, 'utf8');
      const resumed = await expectUntouched(rig, `.${tree.root}`, ['--resume', '--task-id', OLD_TASK]);
      expect(resumed.code).toBe(0);
      expect(resumed.stdout).toContain(`[*] Run ID: ${tree.killed}`);
      // Gone on with in place where it was already in .autoloop: added to, never rewritten.
      expect(readFileSync(log, 'utf8').startsWith(before)).toBe(true);
      expect(rig.turns().length).toBeGreaterThan(0);
      return {};
    },
  );
}

fault('I9: state of the first release, without tasks and runs, is left as it is', {}, async (rig) => {
  writeFlatState(rig.workspace);
  await expectUntouched(rig, '.superloop', ['--resume']);
  return {};
});

fault('I9: a kill in the middle of a resumed import changes nothing of the old state either', {}, async (rig) => {
  const tree = writeOldTree(rig.workspace, 'G5');
  const before = fingerprint(path.join(rig.workspace, '.superloop'));
  rig.script({ rules: [{ times: 1, remote: true }] });
  const running = rig.start(['--resume']);
  await rig.nextTurn();
  running.signal('SIGKILL');
  await running.done;
  expect((await rig.run(['--resume', '--run-id', tree.killed])).code).toBe(0);
  expect(fingerprint(path.join(rig.workspace, '.superloop'))).toEqual(before);
  return {};
});

/** Runs that releases really left behind, as paths `<tree>/<root>/tasks/<task>/runs/<run>`; not in every checkout. */
const REAL = path.join(PROJECT, '../shared/legacy');
const runs = existsSync(REAL)
  ? readdirSync(REAL, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /^[^/]+(?:\/[^/]+){3}\/runs\/run-[^/]+$/.test(name),
    )
  : [];

for (const [tree = '', root = '', , , , run = ''] of runs.map((name) => name.split('/'))) {
  fault(
    `I9: the tree ${tree} is as it was after it was listed and shown and its run ${run} resumed to its end`,
    {},
    async (rig) => {
      cpSync(path.join(REAL, tree), rig.workspace, { recursive: true });
      makeWritable(rig.workspace);
      const resumed = await expectUntouched(rig, root, ['--resume', '--run-id', run, '--max-iterations', '30']);
      expect(resumed.code).toBe(0);
      expect(resumed.stdout).toContain(`[*] Run ID: ${run}`);
      return {};
    },
  );
}

/** The trees may be read-only where they are. */
function makeWritable(folder: string): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    chmodSync(path.join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o644);
  }
}
