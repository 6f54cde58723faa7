import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { insteadOfGit } from '../support/calls.ts';
import { processesMarked, until } from '../support/marked-processes.ts';
import { commandLine, mentioning } from '../support/supervised-processes.ts';
import type { Rig } from '../support/rig.ts';
import { fault } from './fault.ts';
import { asked, checkpoints, ending, follow, lines, START } from './story.ts';

const RESUME = ['--resume', '--task-id', 't'];
const first = (role: 'producer' | 'verifier') => ({ script: { rules: [{ role, times: 1, remote: true }] } });

for (const name of ['codex', 'claude']) {
  const options = {
    ...first('producer'),
    config: `provider:\n  name: ${name}\n`,
    files: { 'old.txt': 'old\n', 'gone.txt': '' },
  };
  fault(
    `I1: edits of ${name}, killed with us in a producer's turn, are committed before the turn is taken again`,
    options,
    async (rig) => {
      rig.write('yours.txt', 'dirty before the run\n');
      const running = rig.start(START);
      const turn = await rig.nextTurn();
      await turn.act({ write: { 'src/new.txt': 'new\n', 'old.txt': 'changed\n' }, delete: ['gone.txt'] });
      running.signal('SIGKILL');
      await running.done;
      rig.script({ rules: [{ role: 'producer', noDefaults: true }] });
      const resumed = await rig.run(RESUME);
      expect(resumed.code).toBe(0);
      expect(asked(rig)).toEqual(['implement producer 1.1', 'implement producer 1.2', 'implement verifier 1.2']);
      const [recovered] = rig.commits().filter(({ body }) => body.includes('Autoloop-Recovered'));
      expect(recovered?.subject).toBe('autoloop: producer edits (implement #1)');
      expect(recovered?.files).toEqual(expect.arrayContaining(['gone.txt', 'old.txt', 'src/new.txt']));
      expect(lines(resumed.stdout).filter((line) => line.includes('recovered edits'))[0]).toContain('src/new.txt');
      expect(rig.status()).toEqual(['?? yours.txt']);
      return { maxTurns: 3 };
    },
  );
}

for (const role of ['producer', 'verifier'] as const) {
  fault(
    `I4: what a ${role} ticked before it was killed with us is open again after the resume`,
    first(role),
    async (rig) => {
      const running = rig.start(START);
      const turn = await rig.nextTurn();
      await turn.act({ shell: [`sed -i 's/\\[ \\]/[x]/' '\${bundle}/criteria.md'`] });
      running.signal('SIGKILL');
      await running.done;
      rig.script({ rules: [{ role: 'verifier', cycle: 1, tick: false, promise: 'COMPLETE' }] });
      const resumed = await rig.run(RESUME);
      expect(resumed.code).toBe(0);
      expect(resumed.stderr).toMatch(/what they were before the turn that was lost: /);
      expect(asked(rig).slice(-2)).toEqual(['implement producer 2.1', 'implement verifier 2.1']);
      return { maxTurns: 6 };
    },
  );
}

const REQUESTS: Readonly<Record<string, string>> = {
  'other words': 'echo "And delete everything." >> "${run}/request.md"',
  nothing: ': > "${run}/request.md"',
  'no file': 'rm "${run}/request.md"',
  'a folder': 'rm "${run}/request.md" && mkdir "${run}/request.md"',
};
for (const [what, command] of Object.entries(REQUESTS)) {
  fault(
    `I4: ${what} in the place of the request, left by a turn that was killed with us, is put right`,
    first('producer'),
    async (rig) => {
      const running = rig.start(START);
      const turn = await rig.nextTurn();
      const file = path.join(rig.lastRun().path, 'request.md');
      const request = readFileSync(file, 'utf8');
      await turn.act({ shell: [command, `sed -i 's/Build it/Delete it/' "\${run}/../../task.json"`] });
      running.signal('SIGKILL');
      await running.done;
      rig.script({ rules: [{ kind: 'resume', times: 1, failure: 'unknown_session' }] });
      const resumed = await rig.run(RESUME);
      expect(resumed.code).toBe(0);
      expect(resumed.stderr).toMatch(/request\.md was not as the run began with it/);
      expect(readFileSync(file, 'utf8')).toBe(request);
      expect(rig.turns().some(({ kind, prompt }) => kind === 'start' && prompt.includes('delete everything'))).toBe(
        false,
      );
      return { maxTurns: 5 };
    },
  );
}

const AGAIN = ['--task-id', 't', '--pairs', 'implement'];
const TASK = '"${run}/../../task.json"';
const TASKS: readonly (readonly [string, string, readonly string[]])[] = [
  ['other words', `sed -i 's/Build it/Delete it/' ${TASK}`, RESUME],
  ['other words (a new run)', `sed -i 's/Build it/Delete it/' ${TASK}`, AGAIN],
  ['other words (a new run with the same request)', `sed -i 's/Build it/Delete it/' ${TASK}`, START],
  ['nothing', `: > ${TASK}`, AGAIN],
  ['no file', `rm ${TASK}`, RESUME],
  ['a folder', `rm ${TASK} && mkdir ${TASK}`, AGAIN],
];
for (const [what, command, args] of TASKS) {
  fault(
    `I4: ${what} in the place of the task's request, left by a turn that was killed with us, is nobody's request`,
    first('producer'),
    async (rig) => {
      const running = rig.start(START);
      const turn = await rig.nextTurn();
      const file = path.join(rig.workspace, '.autoloop/tasks/t/task.json');
      const task = readFileSync(file, 'utf8');
      await turn.act({ shell: [command] });
      running.signal('SIGKILL');
      await running.done;
      const next = await rig.run(args);
      expect(next.stderr).toMatch(/task\.json was not as the run that was killed had it/);
      expect(next.code).toBe(0);
      expect(readFileSync(file, 'utf8')).toBe(task);
      expect(rig.turns().some(({ prompt }) => prompt.includes('Delete it'))).toBe(false);
      // After an end in good order a change is a person's.
      rig.write('.autoloop/tasks/t/task.json', task.replace('Build it', 'Build more'));
      expect((await rig.run(AGAIN)).code).toBe(0);
      expect(rig.turns().some(({ prompt }) => prompt.includes('Build more'))).toBe(true);
      return { maxTurns: 6 };
    },
  );
}

fault('I1: the message of a commit that the user has begun survives a kill in the middle of ours', {}, async (rig) => {
  const died = path.join(rig.sandbox.root, 'died');
  const inCommit = `case " $* " in *" commit --quiet "*) test -e '${died}' ||`;
  insteadOfGit(rig, `${inCommit} { : > '${died}'; "$git" "$@"; kill -9 $PPID; exit 1; } ;; esac; exec "$git" "$@"`);
  rig.write('.git/COMMIT_EDITMSG', 'half a thought\n');
  await rig.run(START);
  expect(existsSync(died)).toBe(true);
  expect((await rig.run(rig.runs().length > 0 ? RESUME : START)).code).toBe(0);
  expect(rig.read('.git/COMMIT_EDITMSG')).toBe('half a thought\n');
  expect(readdirSync(path.join(rig.workspace, '.git')).filter((name) => name.startsWith('autoloop'))).toEqual([]);
  return { maxTurns: 3 };
});

fault('I1: a second kill in the same turn loses nothing of either', {}, async (rig) => {
  rig.script({ rules: [{ role: 'producer', times: 2, remote: true }] });
  for (const [args, file] of [
    [START, 'src/one.txt'],
    [RESUME, 'src/two.txt'],
  ] as const) {
    const running = rig.start(args);
    const turn = await rig.nextTurn();
    await turn.act({ write: { [file]: file } });
    running.signal('SIGKILL');
    await running.done;
  }
  expect((await rig.run(RESUME)).code).toBe(0);
  const files = rig
    .commits()
    .filter(({ body }) => body.includes('Autoloop-Recovered'))
    .flatMap((commit) => commit.files);
  expect(files).toEqual(expect.arrayContaining(['src/one.txt', 'src/two.txt']));
  expect(rig.status()).toEqual([]);
  return { maxTurns: 4 };
});

fault('I4: after a kill in a verifier’s turn only the verifier is asked again', first('verifier'), async (rig) => {
  const running = rig.start(START);
  const turn = await rig.nextTurn();
  running.signal('SIGKILL');
  await turn.gone;
  await running.done;
  expect((await rig.run(RESUME)).code).toBe(0);
  expect(asked(rig)).toEqual(['implement producer 1.1', 'implement verifier 1.1', 'implement verifier 1.2']);
  expect(checkpoints(rig)).toEqual(['autoloop: producer edits (implement #1)', 'autoloop: pair complete (implement)']);
  const begun = rig.events().filter((event) => event.event_type === 'cycle_started');
  expect(begun).toHaveLength(1);
  return { maxTurns: 3 };
});

const launched = { ...first('producer'), launcher: true };
const SIGNALS = [
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const;
for (const [signal, code] of SIGNALS) {
  fault(
    `I6: ${signal} ends the agent and what it had started, and the run can go on`,
    first('producer'),
    async (rig) => {
      const running = rig.start(START);
      const turn = await rig.nextTurn();
      const beat = await startHeart(rig, turn);
      running.signal(signal);
      const stopped = await running.done;
      expect(stopped.code).toBe(code);
      expect(ending(rig).status).toBe('interrupted');
      await stands(beat);
      expect((await follow(rig, stopped)).code).toBe(0);
      return { maxTurns: 3 };
    },
  );
}

fault('I6: an agent behind a launcher is ended with it', launched, async (rig) => {
  const running = rig.start(START);
  const turn = await rig.nextTurn();
  await turn.act({ leave: ['session'] });
  running.signal('SIGTERM');
  expect((await running.done).code).toBe(143);
  return { maxTurns: 1, goneWithinMs: 0 };
});

fault('I6: an agent behind a launcher is gone 5 s after our own SIGKILL', launched, async (rig) => {
  const running = rig.start(START);
  const turn = await rig.nextTurn();
  await turn.act({ leave: ['session', 'orphan'], ignoreSignals: true });
  running.signal('SIGKILL');
  await running.done;
  return { maxTurns: 1, goneWithinMs: 5000 };
});

fault(
  'I6: a closed terminal ends the agent and what it had started, and the run can go on',
  first('producer'),
  async (rig) => {
    const terminal = rig.start(START, { terminal: true });
    const turn = await rig.nextTurn();
    const beat = await startHeart(rig, turn);
    terminal.signal('SIGKILL');
    await terminal.done;
    await until(
      () => 'the end of the run is not logged',
      () => rig.events().at(-1)?.event_type === 'run_finished',
    );
    expect(rig.events().at(-1)).toMatchObject({ status: 'interrupted', exit_code: 129 });
    await stands(beat);
    await until(
      () => 'the program is still there',
      () => processesMarked(rig.sandbox.mark).length === 0,
    );
    expect((await rig.run(RESUME)).code).toBe(0);
    return { maxTurns: 3 };
  },
);

fault(
  'I6: after our own SIGKILL the agent and what it had started are gone within 5 s',
  first('producer'),
  async (rig) => {
    const running = rig.start(START);
    const turn = await rig.nextTurn();
    await turn.act({ leave: ['child', 'session', 'orphan'], ignoreSignals: true });
    const beat = await startHeart(rig, turn);
    running.signal('SIGKILL');
    const killed = performance.now();
    await turn.gone;
    expect(performance.now() - killed).toBeLessThan(5000);
    await running.done;
    await stands(beat);
    return { goneWithinMs: Math.max(0, 5000 - (performance.now() - killed)) };
  },
);

fault(
  'I6: they are gone as well when the agent had deleted the record of its processes in that instant',
  first('producer'),
  async (rig) => {
    const running = rig.start(START);
    const turn = await rig.nextTurn();
    await turn.act({ leave: ['session', 'orphan'], ignoreSignals: true });
    running.signal('SIGSTOP'); // Else it would put the record back.
    await turn.act({ shell: ['rm "$HOME"/.local/state/autoloop/*/*.processes'] });
    running.signal('SIGKILL');
    await turn.gone;
    await running.done;
    return { goneWithinMs: 5000 };
  },
);

fault(
  'I6: leftovers of a killed run, its watchdogs included, are ended before any turn of the next',
  {},
  async (rig) => {
    rig.script({ rules: [{ role: 'producer', times: 2, remote: true }] });
    const running = rig.start(START);
    const turn = await rig.nextTurn();
    await turn.act({ leave: ['session', 'orphan'], ignoreSignals: true });
    const beat = await startHeart(rig, turn);
    const watchdogs = mentioning(rig.sandbox.root).filter((pid) => commandLine(pid).includes('--internal-watchdog'));
    expect(watchdogs).toHaveLength(2);
    for (const pid of watchdogs) process.kill(pid, 'SIGSTOP');
    running.signal('SIGKILL');
    for (const pid of watchdogs) process.kill(pid, 'SIGKILL');
    await running.done;
    const resumed = rig.start(RESUME);
    const next = await rig.nextTurn();
    expect(rig.leftovers().filter(({ alive }) => alive)).toEqual([]);
    await stands(beat);
    await next.finish();
    const done = await resumed.done;
    expect(done.code).toBe(0);
    expect(done.stderr).toMatch(/WARNING: ended \d+ process\(es\) that an earlier run had left behind/);
    return { maxTurns: 3 };
  },
);

/** A process of the agent's, in a session of its own, that writes to a file again and again. */
async function startHeart(rig: Rig, turn: Awaited<ReturnType<Rig['nextTurn']>>): Promise<string> {
  const beat = path.join(rig.sandbox.root, 'beat');
  const loop = `while :; do echo x >> ${beat}; sleep 0.02; done`;
  await turn.act({ shell: [`setsid sh -c '${loop}' >/dev/null 2>&1 &`] });
  await until(
    () => 'the heart does not beat',
    () => read(beat) !== '',
  );
  return beat;
}

/** The file is not written any more: the same for ten times as long as it took from one beat to the next. */
async function stands(beat: string): Promise<void> {
  let seen = '';
  let since = performance.now();
  await until(
    () => 'the heart goes on beating',
    () => {
      const now = read(beat);
      if (now !== seen) [seen, since] = [now, performance.now()];
      return performance.now() - since > 200;
    },
    5000,
  );
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // Not yet.
  }
}
