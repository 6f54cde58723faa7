import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { until } from '../support/marked-processes.ts';
import type { Rig } from '../support/rig.ts';
import { fault } from './fault.ts';
import { follow, lines, START } from './story.ts';

const remote = { rules: [{ role: 'producer', times: 1, remote: true }] } as const;

/** Node forgets what it was told to ignore. */
const NO_NOHUP =
  process.platform === 'linux' && process.env['UNDER_TEST'] === undefined ? null : 'needs the binary on Linux';

fault(
  'I8: a run that was started with nohup outlives its terminal, and still stops when it is told to',
  { script: remote, lacks: NO_NOHUP },
  async (rig) => {
    const running = rig.start(START, { through: ['nohup'] });
    const turn = await rig.nextTurn();
    running.signal('SIGHUP');
    await turn.act({ write: { 'src/after.txt': 'after the hang-up\n' } });
    running.signal('SIGTERM');
    const stopped = await running.done;
    expect(stopped.code).toBe(143);
    expect((await follow(rig, stopped)).code).toBe(0);
    return { maxTurns: 3 };
  },
);

/** Replaces codex; gives back what was there. */
function replaceCodex(rig: Rig, content: string): () => void {
  const file = path.join(rig.sandbox.root, 'bin/codex');
  const before = readFileSync(file);
  writeFileSync(file, content);
  chmodSync(file, 0o755);
  return () => {
    writeFileSync(file, before);
  };
}

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  fault(
    `I3, I6: ${signal} while an agent is asked for its version ends both at once, and nothing is begun`,
    {},
    async (rig) => {
      const asked = path.join(rig.sandbox.root, 'asked');
      const restore = replaceCodex(rig, `#!/bin/sh\necho > '${asked}'\nsleep 60 &\nwait\n`);
      const before = rig.treeHash();
      const running = rig.start(START);
      await until(
        () => 'codex was not asked',
        () => existsSync(asked),
      );
      running.signal(signal);
      const stopped = await running.done;
      expect(stopped.code).toBe(code);
      expect(stopped.ms).toBeLessThan(10_000);
      expect(lines(stopped.stdout).at(-1)).toBe('[INTERRUPTED] stopped by the operator before anything was begun');
      expect([rig.runs(), rig.treeHash()]).toEqual([[], before]);
      restore();
      expect((await rig.run(START)).code).toBe(0);
      return { maxTurns: 2 };
    },
  );
}

const NOT_THE_BINARY = process.env['UNDER_TEST'] === undefined ? null : 'Node has such a file run by a shell';

for (const [what, content, words] of [
  ['of another machine', '\x7fELF for something else', /neither a program for this machine nor a script/],
  ['that is empty', '', /neither a program for this machine nor a script/],
  ['with line ends of Windows', '#!/bin/sh\r\nexit 0\r\n', /the interpreter that its first line names is missing/],
] as const) {
  fault(`I3: a codex ${what} is said in words before anything is written`, { lacks: NOT_THE_BINARY }, async (rig) => {
    replaceCodex(rig, content);
    const refused = await rig.run(START);
    expect(refused.code).toBe(1);
    expect(lines(refused.stderr)).toHaveLength(2);
    expect(refused.stderr).toMatch(/^error: codex does not run: /);
    expect(refused.stderr).toMatch(words);
    expect(rig.runs()).toEqual([]);
    return { maxTurns: 0 };
  });
}

fault('I8: what ended a run is said once', { script: { rules: [{ failure: 'crash' }] } }, async (rig) => {
  const ended = await rig.run(START);
  expect(ended.code).toBe(1);
  expect(lines(ended.stderr).filter((line) => line.includes('exited with code'))).toHaveLength(1);
  return { maxTurns: 1 };
});

fault(
  'I8: a repository that an agent broke is said once, and the run goes on when it is mended',
  { script: remote },
  async (rig) => {
    const config = path.join(rig.workspace, '.git/config');
    const intact = readFileSync(config);
    const running = rig.start(START);
    const turn = await rig.nextTurn();
    await turn.act({ shell: ['echo "[broken" >> .git/config'] });
    await turn.finish();
    const ended = await running.done;
    expect(ended.code).toBe(4);
    expect(lines(ended.stdout + ended.stderr).filter((line) => line.includes('bad config line'))).toHaveLength(1);
    writeFileSync(config, intact);
    expect((await follow(rig, ended)).code).toBe(0);
    return { maxTurns: 3 };
  },
);

fault('I3: a file that a kill left where the state was tried out is gone after the next run', {}, async (rig) => {
  rig.write('.autoloop/probe.tmp', 'left');
  expect((await rig.run(START)).code).toBe(0);
  return { maxTurns: 2 }; // Temporary files that are left break a promise.
});

fault(
  'I4, I8: an agent that was replaced by something that does not run ends the run in words, and its turn is not lost',
  { script: remote, lacks: NOT_THE_BINARY },
  async (rig) => {
    const running = rig.start(START);
    const turn = await rig.nextTurn();
    const restore = replaceCodex(rig, '');
    await turn.finish();
    const ended = await running.done;
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(
      /^error: codex could not be started: .*neither a program for this machine nor a script/m,
    );
    restore();
    expect((await follow(rig, ended)).code).toBe(0);
    return { maxTurns: 2 };
  },
);
