import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import type { Finished } from '../support/invocation.ts';
import type { Rig } from '../support/rig.ts';
import { fault } from './fault.ts';
import { asked, ending, follow, lines, resumeArgs, START } from './story.ts';

const asks = {
  script: { rules: [{ role: 'producer', times: 1, question: 'Which colour?', supposition: 'red' }] },
} as const;
const logOf = (rig: Rig) => path.join(rig.lastRun().path, 'events.jsonl');

/** Where the last three lines of a log are cut, counted from the end; every byte is tried in test/component/store/event-log.test.ts. */
const CUTS: Record<string, (line: string) => number> = {
  'at its first byte': () => 1,
  'in its middle': (line) => Math.floor(line.length / 2),
  'right before its newline': (line) => line.length,
};
for (const fromEnd of [1, 2, 3]) {
  for (const [where, bytesOf] of Object.entries(CUTS)) {
    fault(
      `I3: a log cut in line ${fromEnd} from its end, ${where}, goes on from the line before`,
      asks,
      async (rig) => {
        await rig.run(START);
        const log = logOf(rig);
        const all = readFileSync(log, 'utf8').split('\n').slice(0, -1);
        const whole = all
          .slice(0, -fromEnd)
          .map((line) => `${line}\n`)
          .join('');
        const torn = (all.at(-fromEnd) ?? '').slice(0, bytesOf(all.at(-fromEnd) ?? ''));
        writeFileSync(log, whole + torn);
        // Lines that are gone were there: only a person can say that it is well.
        const trusting = fromEnd > 1 ? ['--trust-log'] : [];
        if (fromEnd > 1) expect((await rig.run(['--resume'], { stdin: 'green\n' })).code).toBe(1);
        const resumed = await rig.run(['--resume', ...trusting], { stdin: 'green\n' });
        expect(resumed.code).toBe(0);
        expect(warnings(resumed, 'torn')).toEqual([
          expect.stringMatching(
            /the last line of \S+events\.jsonl was torn; its \d+ bytes were moved to events\.jsonl\.torn-\S+$/,
          ),
        ]);
        expect(aside(rig, 'events.jsonl.torn-')).toEqual([torn]);
        expect(readFileSync(log, 'utf8').startsWith(whole)).toBe(true);
        expect(ending(rig).status).toBe('success');
        return { maxTurns: 4 };
      },
    );
  }
}

fault('I3: a log that a power cut filled with zeros goes on from its last line', asks, async (rig) => {
  const paused = await rig.run(START);
  const log = logOf(rig);
  const before = readFileSync(log);
  truncateSync(log, before.length + 700);
  const resumed = await follow(rig, paused, '--answer', 'green');
  expect(resumed.code).toBe(0);
  expect(aside(rig, 'events.jsonl.torn-')).toEqual(['\0'.repeat(700)]);
  expect(readFileSync(log).subarray(0, before.length).equals(before)).toBe(true);
  return { maxTurns: 3 };
});

/** What can befall a line that is not the last: the line, what it becomes, and the words for it. */
const DAMAGE: [string, (all: string[]) => string[], RegExp][] = [
  ['half a line', (all) => all.with(2, (all[2] ?? '').slice(0, 40)), /line 3 is not a JSON object/],
  ['a flipped byte', (all) => all.with(3, `\x02${(all[3] ?? '').slice(1)}`), /line 4 is not a JSON object/],
  ['a line that is gone', (all) => all.toSpliced(3, 1), /line 4 has seq 5, expected 4/],
  ['a line that is there twice', (all) => all.toSpliced(3, 0, all[2] ?? ''), /line 4 has seq 3, expected 4/],
];
for (const [what, damage, words] of DAMAGE) {
  fault(`I3, I4: ${what} in the middle of a log is named, and nothing is skipped`, asks, async (rig) => {
    const paused = await rig.run(START);
    const log = logOf(rig);
    const good = readFileSync(log, 'utf8');
    const bad = damage(good.split('\n')).join('\n');
    writeFileSync(log, bad);
    const refused = await rig.run(resumeArgs(paused.stderr));
    expect(refused.code).toBe(1);
    expect(lines(refused.stderr)[0]).toMatch(words);
    expect(lines(refused.stderr)[0]).toContain(log);
    expect(lines(refused.stderr).slice(2)).toEqual([expect.stringMatching(/^Resume: autoloop --resume /)]);
    expect(readFileSync(log, 'utf8')).toBe(bad);
    expect((await rig.run(['--list-tasks'])).stdout).toBe('t\n');
    writeFileSync(log, good);
    expect((await follow(rig, paused, '--answer', 'green')).code).toBe(0);
    expect(asked(rig)).toHaveLength(3);
    return { maxTurns: 3 };
  });
}

/** What a log of another machine may hold: a line of it, changed, or lines behind its last one; nothing here vouches for it. */
const FORGED: [string, (all: object[]) => object[], RegExp][] = [
  [
    'a first event of another type',
    (all) => all.with(0, { ...all[0], event_type: 'x' }),
    /line 1 does not start a run/,
  ],
  [
    'a setting out of its type',
    (all) => all.with(0, JSON.parse(JSON.stringify(all[0]).replace('"workspace-write"', '1e999')) as object),
    /has settings of run \S+ with a value that no release writes/,
  ],
  ['a time that is a number', (all) => all.with(1, { ...all[1], ts: 5 }), /line 2 \(\w+\) has a ts/],
  [
    'a pair completed behind the end',
    (all) => [...all, { ...all.at(-1), seq: all.length + 1, event_type: 'pair_completed', ...ONCE }],
    /line \d+ goes on behind the end of the run/,
  ],
  [
    'a pair completed that no verifier has seen',
    (all) => all.with(-1, { ...all.at(-1), event_type: 'pair_completed', ...ONCE }),
    /line \d+ completes implement\S+ of which no verifier said so/,
  ],
];
const ONCE = { pair: 'implement', phase_id: null, cycle: 1, attempt: 1 };
for (const [what, forge, words] of FORGED) {
  fault(`I3, I4: a log of another machine with ${what} is refused, and is no error of ours`, asks, async (rig) => {
    const paused = await rig.run(START);
    const log = logOf(rig);
    const good = readFileSync(log, 'utf8');
    rmSync(path.join(rig.sandbox.root, 'home', '.local'), { recursive: true });
    const events = good.trimEnd().split('\n');
    const forged = forge(events.map((line) => JSON.parse(line) as object));
    writeFileSync(log, forged.map((event) => `${JSON.stringify(event)}\n`).join(''));
    const refused = await rig.run([...resumeArgs(paused.stderr), '--trust-log']);
    expect(refused.code).toBe(1);
    expect(lines(refused.stderr)[0]).toMatch(words);
    writeFileSync(log, good);
    expect((await follow(rig, paused, '--answer', 'green')).code).toBe(0);
    return { maxTurns: 3 };
  });
}

fault('I3: a log that cannot be read keeps no other task from its work', asks, async (rig) => {
  const paused = await rig.run(START);
  const log = logOf(rig);
  const good = readFileSync(log);
  writeFileSync(log, 'garbage\n{}\n{}\n');
  expect((await rig.run(['--task-id', 'other', '--intent', 'Build it', '--pairs', 'implement'])).code).toBe(0);
  writeFileSync(log, good);
  expect((await follow(rig, paused, '--answer', 'green')).code).toBe(0);
  return { maxTurns: 5 };
});

function warnings({ stderr }: Finished, word: string): string[] {
  return lines(stderr).filter((line) => line.includes('WARNING') && line.includes(word));
}

/** The texts of the files that were moved aside under this name. */
function aside(rig: Rig, name: string): string[] {
  const { path: folder } = rig.lastRun();
  const names = readdirSync(folder).filter((entry) => entry.startsWith(name));
  return names.map((entry) => readFileSync(path.join(folder, entry), 'utf8'));
}
