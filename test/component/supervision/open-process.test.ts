import { describe, expect, it } from 'vitest';
import { see, seeFromFile, until } from '../../support/supervised-processes.ts';
import { Bed } from './bed.ts';

describe('a process that stays', () => {
  it('is talked to line by line, and reports as any other once its input is closed', async () => {
    await using bed = new Bed();
    const opened = await bed.supervisor().open(bed.shell('while read -r line; do echo "heard $line"; done; exit 3'));
    opened.send('one\n');
    await until('the first answer', () => bed.lines.includes('heard one'));
    opened.send('two\n');
    await until('the second answer', () => bed.lines.includes('heard two'));
    opened.end();
    opened.send('too late\n');
    expect(await opened.result).toMatchObject({ ending: 'exited', exitCode: 3, survivors: [] });
    expect(bed.lines).toEqual(['heard one', 'heard two']);
  });

  it('is ended when it has not ended by itself within the time that it is left with', async () => {
    await using bed = new Bed();
    const script = 'echo $$ > stubborn; echo ready; while :; do sleep 1; done';
    const opened = await bed.supervisor().open(bed.shell(script));
    await until('it to be ready', () => bed.lines.includes('ready'));
    opened.end(50);
    expect(await opened.result).toMatchObject({ ending: 'grace', survivors: [] });
    expect(see(Number(bed.text('stubborn')))).toBeNull();
  });

  it('takes what it left behind along', async () => {
    await using bed = new Bed();
    const opened = await bed.supervisor().open(bed.shell('setsid -f sh -c "echo \\$\\$ > left; sleep 600"; cat'));
    const left = await until('what it leaves behind', () => seeFromFile(bed.file('left')));
    opened.end();
    expect(await opened.result).toMatchObject({ ending: 'exited', exitCode: 0, survivors: [] });
    expect(see(left.pid)).toBeNull();
  });

  it('is stopped with the run, and a program that is not there is one whose result says so', async () => {
    await using bed = new Bed();
    const stop = new AbortController();
    const supervisor = bed.supervisor();
    const opened = await supervisor.open(bed.shell('cat', { stop: stop.signal }));
    stop.abort();
    expect(await opened.result).toMatchObject({ ending: 'stopped' });
    const none = await supervisor.open(bed.shell('', { command: bed.file('nothing-here') }));
    none.send('x');
    none.end();
    expect(await none.result).toMatchObject({ ending: 'not_started' });
  });

  it('excludes another one until it is over', async () => {
    await using bed = new Bed();
    const supervisor = bed.supervisor();
    const opened = await supervisor.open(bed.shell('cat'));
    await expect(supervisor.run(bed.shell('true'))).rejects.toThrow('one process at a time');
    opened.end();
    await opened.result;
    expect(await supervisor.run(bed.shell('exit 0'))).toMatchObject({ exitCode: 0 });
  });
});
