import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  CALLS,
  differences,
  eachOf,
  type End,
  endOf,
  hasStrace,
  injecting,
  insteadOfGit,
  type Moment,
  momentsIn,
  SAMPLE,
  spread,
} from '../support/calls.ts';
import { createRig, type Rig } from '../support/rig.ts';

const START = ['--task-id', 't', '--intent', 'Build it', '--pairs', 'implement'];
const RESUME = ['--resume', '--task-id', 't'];
const SCRIPT = { rules: [{ role: 'producer', write: { 'src/made.txt': 'made\n' } }] } as const;

let wanted: End;
let calls: readonly Moment[] = [];
let ofGit: readonly InGit[] = [];
/** Where the user's index becomes another one. */
let exchanges: readonly Moment[] = [];
/** Where the message of a commit that the user has begun is put back. */
let putBacks: readonly Moment[] = [];

/** A call of the system in the nth git of a run. */
interface InGit extends Moment {
  readonly git: number;
}

beforeAll(async () => {
  if (!hasStrace) return;
  await using rig = await createdRig();
  const { root, workspace } = rig.sandbox;
  const trace = path.join(root, 'trace');
  insteadOfGit(rig, `exec strace -f -y -o "${root}/git-$n" -e ${CALLS} "$git" "$@"`);
  const { code } = await rig.run(START, { through: ['strace', '-y', '-o', trace, '-e', CALLS] });
  if (code !== 0) throw new Error(rig.report());
  wanted = endOf(rig);
  // The program reaches files by way of their folder's descriptor.
  const durable = [workspace, path.join(root, 'home'), '"/proc/self/fd/'];
  const traced = readFileSync(trace, 'utf8');
  calls = momentsIn(traced, durable);
  const renamesTo = (name: string) =>
    momentsIn(traced, [`/.git/${name}")`]).filter(({ call }) => call.startsWith('rename'));
  exchanges = renamesTo('index');
  putBacks = renamesTo('COMMIT_EDITMSG');
  for (let git = 1; existsSync(`${root}/git-${git}`); git += 1) {
    const own = momentsIn(readFileSync(`${root}/git-${git}`, 'utf8'), durable);
    ofGit = [...ofGit, ...own.map((moment) => ({ ...moment, git }))];
  }
});

describe.runIf(hasStrace)('a run that is disturbed at a call which changes a file (needs strace)', () => {
  it('ends as if nothing had happened when it is killed there and resumed', async () => {
    expect(calls.length).toBeGreaterThan(50);
    const found = await eachOf(spread(calls, SAMPLE), nameOf, async (moment) => {
      await using rig = await createdRig();
      const first = await rig.run(START, { through: injecting(moment, 'signal=KILL') });
      return await differences(rig, first.code === 0 ? 0 : await goOn(rig), wanted);
    });
    expect(found).toEqual([]);
  });

  it('does so when its git is killed there, and it with it', async () => {
    expect(ofGit.length).toBeGreaterThan(20);
    const found = await eachOf(spread(ofGit, SAMPLE), nameOf, async (moment) => {
      await using rig = await createdRig();
      const words = injecting(moment, 'signal=KILL').join(' ');
      insteadOfGit(rig, `[ $n = ${moment.git} ] || exec "$git" "$@"; ${words} -f "$git" "$@"; kill -9 $PPID`);
      const first = await rig.run(START);
      return await differences(rig, first.code === 0 ? 0 : await goOn(rig), wanted);
    });
    expect(found).toEqual([]);
  });

  it.each(['EIO', 'ENOSPC'])(
    'says %s there and how to go on, and going on ends as if nothing had happened',
    async (code) => {
      const ofDisk = calls.filter(({ call }) => call !== 'write'); // Others of that number may go into a pipe, which is nobody's disk.
      expect(putBacks.length).toBeGreaterThan(2);
      const found = await eachOf([...putBacks, ...spread(ofDisk, SAMPLE / 2)], nameOf, async (moment) => {
        await using rig = await createdRig();
        const { code: exit, stdout, stderr } = await rig.run(START, { through: injecting(moment, `error=${code}`) });
        const resume = /^Resume: autoloop (.+)$/m.exec(stderr)?.[1]?.split(' ');
        const told = `${stdout}\n${stderr}`;
        if (exit !== 0 && resume === undefined && rig.runs().length > 0) return [`no Resume line: ${rig.report()}`];
        if (exit !== 0 && !/^(?:error: (?!internal)|\[PAUSED\] |\[!\] )/m.test(told))
          return [`no reason: ${rig.report()}`];
        return await differences(rig, exit === 0 ? 0 : (await rig.run(resume ?? START)).code, wanted);
      });
      expect(found).toEqual([]);
    },
  );

  it('needs no resume where the disk fails once at the exchange of the index', async () => {
    expect(exchanges.length).toBeGreaterThan(2);
    const found = await eachOf(exchanges, nameOf, async (moment) => {
      await using rig = await createdRig();
      const { code } = await rig.run(START, { through: injecting(moment, 'error=EIO') });
      return await differences(rig, code, wanted);
    });
    expect(found).toEqual([]);
  });
});

/** A user with something staged, something edited since and a file of their own, so that all of these have to be kept. */
async function createdRig(): Promise<Rig> {
  const rig = await createRig({ files: { 'staged.txt': 'old\n' }, script: SCRIPT }, () => undefined);
  rig.write('staged.txt', 'staged by the user\n');
  rig.git('add', 'staged.txt');
  rig.write('staged.txt', 'edited by the user\n');
  rig.write('notes.txt', 'of the user\n');
  rig.write('.git/COMMIT_EDITMSG', 'half a thought\n');
  return rig;
}

/** Killed before there was a run, the command is given again, as a person would. */
async function goOn(rig: Rig): Promise<number | null> {
  return (await rig.run(rig.runs().length > 0 ? RESUME : START)).code;
}

function nameOf(moment: Moment | InGit): string {
  return `${'git' in moment ? `git ${moment.git}, ` : ''}${moment.call} ${moment.nth}`;
}
