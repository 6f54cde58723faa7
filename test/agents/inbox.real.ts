import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { machineFolder } from '../../src/files/places.ts';
import { createStage, type Stage } from './stage.ts';
import { turnOf, work } from './worker.ts';

const FORGED = `${'0'.repeat(15)}-${'0'.repeat(12)}.json`;

/** Where what a person sends to this run waits for it. */
function inboxOf({ rig }: Stage): string {
  const state = path.join(rig.sandbox.env.HOME ?? '', '.local/state');
  return path.join(machineFolder(rig.workspace, { XDG_STATE_HOME: state }), 'inbox', rig.lastRun().runId);
}

describe.skipIf(process.env['REAL_CODEX_SANDBOX'] === 'bypass')('codex in its sandbox', () => {
  it('writes in the workspace, and not where the commands of a person wait', async () => {
    const stage: Stage = await createStage({
      agent: 'codex',
      decide(call) {
        const turn = turnOf(call);
        if (turn?.role !== 'producer' || call.toolResults.length > 0)
          return work({ ...call, toolResults: call.toolResults.slice(turn?.role === 'producer' ? 1 : 0) });
        const inbox = inboxOf(stage);
        return { do: { run: `echo here > here.txt; mkdir -p '${inbox}'; echo '{}' > '${inbox}/${FORGED}'` } };
      },
    });
    await using _ = stage;
    expect(await stage.run('--intent', 'Greet', '--pairs', 'plan')).toMatchObject({ code: 0 });
    expect(existsSync(path.join(stage.rig.workspace, 'here.txt'))).toBe(true);
    expect(existsSync(path.join(inboxOf(stage), FORGED))).toBe(false);
    const results = stage.mock.calls.flatMap(({ toolResults }) => toolResults).join('\n');
    expect(results).toMatch(/Read-only file system|Permission denied|No such file/);
  });
});
