import { existsSync, mkdirSync, readFileSync, watch, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRig, type Rig } from '../support/rig.ts';

const START = ['--intent', 'Build it', '--task-id', 'job', '--pairs', 'plan'];

/** The user's own configuration: each notice is a line of the file that is given back. */
function tellInFile(rig: Rig): string {
  const home = rig.sandbox.env.HOME ?? '';
  const file = path.join(home, 'told.jsonl');
  const folder = path.join(rig.sandbox.env.XDG_CONFIG_HOME ?? path.join(home, '.config'), 'autoloop');
  mkdirSync(folder, { recursive: true });
  const command = JSON.stringify(['sh', '-c', 'cat >> "$0"', file]);
  writeFileSync(path.join(folder, 'autoloop.yaml'), `notify:\n  command: ${command}\n`);
  writeFileSync(file, '');
  return file;
}

function toldIn(file: string): { kind: string; text: string; run_id: string; resume_command: string | null }[] {
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as ReturnType<typeof toldIn>[number]);
}

describe('notices', () => {
  it('tell of a question once, and of the death of a run whose process was killed', async () => {
    await using rig = await createRig({
      script: {
        rules: [
          { pair: 'plan', role: 'producer', nth: 1, question: 'Which port?' },
          { pair: 'plan', role: 'verifier', nth: 1, remote: true },
        ],
      },
    });
    const file = tellInFile(rig);
    expect((await rig.run(START)).code).toBe(4);
    expect(toldIn(file)).toMatchObject([{ kind: 'question', text: 'Which port?', run_id: rig.lastRun().runId }]);
    const running = rig.start(['--resume', '--answer', '8443']);
    await rig.nextTurn();
    const isTold = changed(file, () => toldIn(file).length > 1);
    running.signal('SIGKILL');
    await isTold;
    expect(toldIn(file).slice(1)).toMatchObject([{ kind: 'crashed', run_id: rig.lastRun().runId }]);
    expect(toldIn(file)[1]?.resume_command).toContain(`--run-id ${rig.lastRun().runId}`);
    rig.script({});
    expect((await rig.run(['--resume'])).code).toBe(0);
    expect(toldIn(file).map(({ kind }) => kind)).toEqual(['question', 'crashed', 'finished']);
  });

  it('are set up by the user alone, and tried by doctor', async () => {
    await using rig = await createRig();
    const file = tellInFile(rig);
    const tried = await rig.run(['doctor', '--notify']);
    expect([tried.code, tried.stdout]).toEqual([0, expect.stringContaining('notices: sent by notify.command')]);
    expect(toldIn(file)).toMatchObject([{ kind: 'test' }]);
    rig.write('autoloop.yaml', 'notify:\n  on: [failed]\n  command: [touch, pwned]\n');
    const refused = await rig.run(START);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringMatching(/autoloop\.yaml:3:\d+: notify\.command/)]);
    expect(existsSync(path.join(rig.workspace, 'pwned'))).toBe(false);
  });
});

/** Resolves when the file has changed so that it is as expected. */
function changed(file: string, isThere: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const watcher = watch(file, () => {
      if (!isThere()) return;
      watcher.close();
      resolve();
    });
  });
}
