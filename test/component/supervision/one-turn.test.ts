import { chmodSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { seeFromFile, until } from '../../support/supervised-processes.ts';
import { Bed } from './bed.ts';

describe('one process under supervision', () => {
  it('reports its exit code, its lines and the tail of standard error', async () => {
    await using bed = new Bed();
    const result = await bed.run('echo one; printf "two\\r\\nthree"; echo trouble >&2; exit 7');
    expect(result).toMatchObject({ ending: 'exited', exitCode: 7, signal: null, survivors: [], notices: [] });
    expect(bed.lines).toEqual(['one', 'two', 'three']);
    expect(result.stderrTail).toBe('trouble\n');
    expect(result.startError).toBeNull();
  });

  it('reports the signal that ended it', async () => {
    await using bed = new Bed();
    expect(await bed.run('kill -TERM $$')).toMatchObject({ ending: 'exited', exitCode: null, signal: 'SIGTERM' });
  });

  it('names what it left running and what was ended for that', async () => {
    await using bed = new Bed();
    const { notices, survivors } = await bed.run(
      'setsid sleep 300 >/dev/null 2>&1 & sleep 301 >/dev/null 2>&1 & exit 0',
    );
    expect(notices).toEqual(['it left processes running, which were ended: sleep']);
    expect(survivors).toEqual([]);
  });

  it('keeps the last 64 KiB of standard error', async () => {
    await using bed = new Bed();
    const { stderrTail } = await bed.run('seq 1 100000 >&2');
    expect(stderrTail).toHaveLength(64 * 1024);
    expect(stderrTail.endsWith('\n99999\n100000\n')).toBe(true);
  });

  it('hands over all of a large input and then closes it', async () => {
    await using bed = new Bed();
    const input = `${'0123456789abcde\n'.repeat(131_072)}end without a line end`;
    const result = await bed.run('cat > received; echo done', { input });
    expect(result).toMatchObject({ ending: 'exited', exitCode: 0 });
    expect(bed.text('received')).toBe(input);
  });

  it('closes an empty input at once', async () => {
    await using bed = new Bed();
    expect(await bed.run('cat; echo end of input')).toMatchObject({ exitCode: 0 });
    expect(bed.lines).toEqual(['end of input']);
  });

  it('takes no harm from an agent that does not read its input', async () => {
    await using bed = new Bed();
    const result = await bed.run('exec <&-; echo no thanks', { input: 'x'.repeat(2_000_000) });
    expect(result).toMatchObject({ ending: 'exited', exitCode: 0 });
    expect(bed.lines).toEqual(['no thanks']);
  });

  it('gives it the environment it is told, and its mark, and nothing else', async () => {
    await using bed = new Bed();
    const supervisor = bed.supervisor();
    const env = { PATH: process.env['PATH'], AUTOLOOP_RUN_ID: 'run-1' };
    await supervisor.run(bed.shell('exec env', { env }));
    const names = bed.lines
      .map((line) => line.split('=')[0])
      .filter((name) => !['PWD', 'SHLVL', 'OLDPWD', '_'].includes(name!));
    expect(names.sort()).toEqual(['AUTOLOOP_RUN_ID', 'PATH', supervisor.mark].sort());
    expect(supervisor.mark).toMatch(/^AUTOLOOP_RUN_[0-9a-f]{32}$/);
  });

  it('keeps raw bytes in the log and replaces what is not UTF-8 in lines', async () => {
    await using bed = new Bed();
    await bed.run("printf 'a\\377b\\n\\033[31mred\\000\\n'; printf 'err\\376' >&2");
    expect(bed.lines).toEqual(['a\uFFFDb', '\u001b[31mred\0']);
    const log = bed.text('turn.log');
    expect([log.includes('a\xffb\n\x1b[31mred\0\n'), log.includes('err\xfe'), log.length]).toEqual([true, true, 18]);
  });

  it('runs one process after another under the same mark, never two at a time', async () => {
    await using bed = new Bed();
    const supervisor = bed.supervisor();
    for (const word of ['one', 'two']) await supervisor.run(bed.shell(`echo ${word}`));
    expect(bed.lines).toEqual(['one', 'two']);
    const both = await Promise.allSettled([1, 2].map(() => supervisor.run(bed.shell('true'))));
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  });

  it('ends what the agent left behind, without waiting for the output that it holds open', async () => {
    await using bed = new Bed();
    const result = await bed.run(
      "setsid nohup sh -c 'echo $$ > server; exec tail -f /dev/null' & until [ -s server ]; do sleep 0.02; done; echo answer",
    );
    expect(result).toMatchObject({ ending: 'exited', exitCode: 0, survivors: [] });
    expect(bed.lines).toContain('answer');
    expect(seeFromFile(bed.file('server'))).toBeNull();
  });

  it('leaves neither ledger nor watchdog behind', async () => {
    const bed = new Bed();
    await using _ = bed;
    const supervisor = bed.supervisor();
    await supervisor.run(bed.shell('true'));
    expect(bed.ledgerFiles()).toEqual([`${supervisor.mark}.processes`]);
    await supervisor.close();
    expect(bed.ledgerFiles()).toEqual([]);
    await until('the watchdog to go', () => bed.watchdogs().length === 0);
  });

  it("passes on what the caller's own function throws, once the process has been ended", async () => {
    await using bed = new Bed();
    const onLine = (): void => {
      throw new Error('a bug');
    };
    await expect(bed.run('echo $$ > pid; echo line; exec tail -f /dev/null', { onLine })).rejects.toThrow('a bug');
    expect(seeFromFile(bed.file('pid'))).toBeNull();
  });
});

describe('a program that cannot be started', () => {
  it('is said in words when there is none of that name', async () => {
    await using bed = new Bed();
    const result = await bed.supervisor().run(bed.shell('', { command: 'no-such-agent', args: [] }));
    expect(result).toMatchObject({ ending: 'not_started', exitCode: null });
    expect(result.startError).toBe('cannot start no-such-agent: there is no program of that name on PATH');
  });

  it('is said in words when its path leads nowhere', async () => {
    await using bed = new Bed();
    const { startError } = await bed.supervisor().run(bed.shell('', { command: '/no/such/agent', args: [] }));
    expect(startError).toContain('cannot start /no/such/agent: there is no such file');
  });

  it('is said in words when it is not executable', async () => {
    await using bed = new Bed();
    writeFileSync(bed.file('agent'), '#!/bin/sh\n');
    chmodSync(bed.file('agent'), 0o644);
    const { startError } = await bed.supervisor().run(bed.shell('', { command: bed.file('agent'), args: [] }));
    expect(startError).toContain('permission denied');
  });

  it('is said in words when its arguments are too long', async () => {
    await using bed = new Bed();
    const { startError } = await bed.supervisor().run(bed.shell('', { args: ['-c', 'true', 'x'.repeat(4_000_000)] }));
    expect(startError).toContain('arguments and environment are larger than this system allows');
  });

  it('is said in words when an argument cannot be passed at all', async () => {
    await using bed = new Bed();
    const { ending, startError } = await bed.supervisor().run(bed.shell('', { args: ['a\0b'] }));
    expect(ending).toBe('not_started');
    expect(startError).toContain('cannot start sh: ');
  });

  it('is said in words when the folder to start it in does not exist', async () => {
    await using bed = new Bed();
    const { startError } = await bed.supervisor().run(bed.shell('true', { cwd: bed.file('missing') }));
    expect(startError).toBe(`cannot start sh: the folder ${bed.file('missing')} does not exist`);
  });
});
