import type { Finished } from '../support/invocation.ts';
import { createRig, type Rig } from '../support/rig.ts';
import type { RigOptions } from '../support/sandbox.ts';

/** A run of one pair: two turns when nothing goes wrong. */
export const START = ['--task-id', 't', '--intent', 'Build it', '--pairs', 'implement'];

/** What a run has come to. It must be the same however often the run was stopped on its way. */
export interface Told {
  readonly tree: string;
  readonly completed: readonly string[];
  readonly subjects: readonly string[];
}

export function told(rig: Rig): Told {
  const completed = rig
    .runs()
    .flatMap((run, nth) =>
      rig
        .events(run)
        .flatMap((event) =>
          event.event_type === 'pair_completed' ? [`${nth} ${event.pair} ${event.phase_id ?? ''}`] : [],
        ),
    );
  const subjects = rig
    .commits()
    // What a lost verifier had done is committed before it is asked again, and then nothing may be left to commit.
    .filter(({ subject, body }) => !(body.includes('Autoloop-Recovered') && subject.includes('verifier feedback')))
    .map(({ subject }) => subject)
    .filter((subject) => !/pre-cycle|finalize/.test(subject))
    .filter((subject, at, all) => subject !== all[at - 1]);
  return { tree: rig.treeHash(), completed, subjects };
}

/** The same run without a fault. */
export async function untroubled(options: RigOptions, args: readonly string[]): Promise<Told> {
  await using rig = await createRig(options);
  const { code, stdout, stderr } = await rig.run(args);
  if (code !== 0) throw new Error(`the run without a fault ended with ${code ?? '?'}:\n${stdout}\n${stderr}`);
  return told(rig);
}

/** Does what the last line on standard error says, as a person would who copies it. */
export async function follow(rig: Rig, { stderr }: Finished, ...more: readonly string[]): Promise<Finished> {
  return await rig.run([...resumeArgs(stderr), ...more]);
}

/** The arguments on the `Resume:` line that standard error ends with. */
export function resumeArgs(stderr: string): string[] {
  const last = lines(stderr).at(-1) ?? '';
  const command = /^Resume: autoloop (--resume .+)$/.exec(last)?.[1];
  if (command === undefined) throw new Error(`standard error does not end with a Resume line:\n${stderr}`);
  return command.split(' ');
}

/** Lines that say something. */
export function lines(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}

/** Who was asked, in order: `implement producer 1.2` for the second attempt of the first cycle. */
export function asked(rig: Rig): string[] {
  return rig
    .turns()
    .map(({ pair, role, cycle, attempt }) =>
      pair === null ? 'auto' : `${pair} ${role ?? '?'} ${cycle ?? '?'}.${attempt ?? '?'}`,
    );
}

/** Subjects of the commits that checkpoints made, without those that frame a run. */
export function checkpoints(rig: Rig): string[] {
  const subjects = rig.commits().map(({ subject }) => subject);
  return subjects.filter((subject) => /^autoloop: (?!baseline|finalize|successful)/.test(subject));
}

/** The last event of the run, which says how it ended. */
export function ending(rig: Rig): { status: string; reason: string } {
  const last = rig.events().at(-1);
  if (last?.event_type !== 'run_finished') throw new Error(`the log ends with ${last?.event_type ?? 'nothing'}`);
  return { status: last.status, reason: last.reason ?? '' };
}

/** Source files in the commits that are not the rig's own. */
export function committed(rig: Rig): string[] {
  const files = rig.commits().flatMap((commit, at) => (at === 0 ? [] : commit.files));
  return [...new Set(files.filter((name) => !name.startsWith('.autoloop/')))].sort();
}

/** The names on the line that tells at the end what no checkpoint took. */
export function leftUncommitted({ stdout }: Finished): string {
  return [...stdout.matchAll(/^Left uncommitted: (.*)$/gm)].at(-1)?.[1] ?? '';
}
