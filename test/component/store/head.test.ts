import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openEventLog } from '../../../src/store/log/event-log.ts';
import { LogHead } from '../../../src/store/log/head.ts';
import { NOW, RUN, temporaryFolder, UNSYNCED } from './rig.ts';

const noticed = (detail: string) => ({ event_type: 'noticed', kind: 'k', detail }) as const;

const finishedRun = (status: 'success' | 'failed') =>
  ({
    event_type: 'run_finished',
    status,
    exit_code: status === 'success' ? 0 : 1,
    ...{ followup_run_id: null, parent_run_id: null, followup_depth: 0 },
  }) as const;

async function logOf(count: number) {
  const folder = temporaryFolder();
  const file = path.join(folder, 'events.jsonl');
  const said: string[] = [];
  const warn = (text: string) => said.push(text);
  const [inUse, finished] = [path.join(folder, 'runs'), path.join(folder, 'finished')];
  const open = (trust = false) => {
    const head = new LogHead({ inUse, finished }, RUN);
    return openEventLog({ file, runId: RUN, now: () => NOW, warn, ops: UNSYNCED, head, trust });
  };
  const { log } = await open();
  for (let n = 1; n <= count; n += 1) await log.append(noticed(`event ${n}`));
  return { file, folder, finished, log, open, said, head: path.join(inUse, `${RUN}.head`) };
}

describe('a log that this machine wrote', () => {
  it('is taken as it was left, also when the program died before or after its last line', async () => {
    const { file, open } = await logOf(3);
    expect((await open()).attestation).toBe('attested');
    const lines = readFileSync(file, 'utf8').split('\n');
    writeFileSync(file, `${lines.slice(0, 2).join('\n')}\n`); // The head was written, its line was not.
    expect((await open()).attestation).toBe('attested');
  });

  it('is taken as a power cut left it: without lines that were not synced yet, and not without one that was', async () => {
    const { file, log, open } = await logOf(2);
    await log.append({ event_type: 'checkpoint', subject: 's', commit: null });
    await log.append({ event_type: 'cycle_started', pair: 'plan', cycle: 1, attempt: 1 });
    await log.append({ event_type: 'checkpoint', subject: 's', commit: null });
    const lines = readFileSync(file, 'utf8').split('\n');
    for (const kept of [5, 4, 3, 2]) {
      writeFileSync(file, `${lines.slice(0, kept).join('\n')}\n`);
      expect((await open()).attestation).toBe('attested');
    }
    writeFileSync(file, `${lines[0] ?? ''}\n`);
    await expect(open()).rejects.toThrow(/is not as this program left it/);
  });

  it('leaves nothing beside what runs at work need once it succeeded, and is held against what it was all the same', async () => {
    const { file, folder, finished, log, open, head } = await logOf(2);
    await log.append(finishedRun('failed'));
    expect(existsSync(head)).toBe(true);
    await log.append(finishedRun('success'));
    expect(readdirSync(path.join(folder, 'runs'))).toEqual([]);
    const { log: again, attestation } = await open();
    expect(attestation).toBe('attested');
    await again.append(finishedRun('success'));
    appendFileSync(
      file,
      `${JSON.stringify({ ...noticed('forged'), run_id: RUN, ts: '2026-11-23T18:49:54Z', seq: 6 })}\n`,
    );
    await expect(open()).rejects.toThrow(/line 6 is the first that it did not write/);
    rmSync(path.join(folder, 'runs'), { recursive: true });
    rmSync(finished, { recursive: true });
    expect((await open()).attestation).toBe('unknown');
  });

  it('is refused with the first line that was added', async () => {
    const { file, open } = await logOf(2);
    appendFileSync(
      file,
      `${JSON.stringify({ ...noticed('forged'), run_id: RUN, ts: '2026-11-23T18:49:54Z', seq: 3 })}\n`,
    );
    await expect(open()).rejects.toThrow(
      /events\.jsonl is not as this program left it: line 3 is the first that it did not write/,
    );
    expect((await open(true)).attestation).toEqual({ line: 3, how: 'added' });
  });

  it('is refused when a word of an earlier line is another one of the same length', async () => {
    const { file, open } = await logOf(3);
    writeFileSync(file, readFileSync(file, 'utf8').replace('event 1', 'event X'));
    await expect(open()).rejects.toThrow(/line 1 is the first that is another one/);
  });

  it('is refused with the first line that is missing, or that another one stands for', async () => {
    const { file, open } = await logOf(5);
    const lines = readFileSync(file, 'utf8').split('\n');
    writeFileSync(file, `${lines.slice(0, 2).join('\n')}\n`);
    await expect(open()).rejects.toThrow(/line 3 is the first that is missing/);
    writeFileSync(file, lines.join('\n').replace('event 3', 'another').replace('event 5', 'another'));
    await expect(open()).rejects.toThrow(/line 3 is the first that is another one/);
  });

  it('is refused by its head where the hashes of its lines are gone', async () => {
    const { file, open, head } = await logOf(3);
    writeFileSync(head.replace('.head', '.lines'), '');
    appendFileSync(
      file,
      `${JSON.stringify({ ...noticed('forged'), run_id: RUN, ts: '2026-11-23T18:49:54Z', seq: 4 })}\n`,
    );
    await expect(open()).rejects.toThrow(/line 4 is the first that/);
  });

  it('is held against what was taken, once an operator has trusted it', async () => {
    const { file, open } = await logOf(3);
    writeFileSync(file, readFileSync(file, 'utf8').replace('event 2', 'trusted'));
    const { log } = await open(true);
    await log.append(noticed('event 4'));
    expect((await open()).attestation).toBe('attested');
    writeFileSync(file, readFileSync(file, 'utf8').replace('event 3', 'forged'));
    await expect(open()).rejects.toThrow(/line 3 is the first that is another one/);
  });

  it('is taken as it is where nothing is known of it', async () => {
    const { file, open, head } = await logOf(1);
    expect(existsSync(head)).toBe(true);
    writeFileSync(head, 'torn');
    expect((await open()).attestation).toBe('unknown');
    expect(readFileSync(file, 'utf8')).toContain('event 1');
  });

  it('is mended while a run works when only a word in it changed, and left alone when only its time did', async () => {
    const { file, log } = await logOf(2);
    const text = readFileSync(file, 'utf8');
    utimesSync(file, 1, 1);
    expect(await log.heal()).toBe(false);
    writeFileSync(file, text.replace('event 1', 'event X'));
    expect(await log.heal()).toBe(true);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('holds no secret that an event was given', async () => {
    const { file, log } = await logOf(0);
    const token = `ghp_${'Ab9'.repeat(12)}`;
    await log.append({ ...noticed(`use ${token}`), paths: [token] });
    expect(readFileSync(file, 'utf8')).not.toContain(token);
  });
});
