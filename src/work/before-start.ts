import path from 'node:path';
import { Problem } from '../core/problem.ts';
import type { Settings } from '../core/settings.ts';
import type { ProviderName } from '../core/vocabulary.ts';
import { machineFolder } from '../files/places.ts';
import type { DiedCall } from '../git/call-record.ts';
import { damagedRepository } from '../git/hindrance.ts';
import type { Opened } from '../git/repository.ts';
import type { ProviderReport } from '../providers/report.ts';
import { requireWritableState } from '../store/disk/write-probe.ts';
import { holderOf } from '../store/holder.ts';
import { type RunLayout, stateFiles } from '../store/layout.ts';
import { livingOwners } from '../supervision/reap.ts';
import { agentsConfiguration } from './frozen-config.ts';
import { stillAtWork } from './hold-workspace.ts';
import { heldRefusal } from './locks.ts';
import { refuseNested } from './register.ts';
import { checkPairs } from './pairs.ts';

/** What a start is asked to do. What takes time is asked for by functions, each of which looks once (`once`). */
export interface Asked {
  readonly workspace: string;
  /** Rejects with a Problem where the configuration cannot be read. */
  readonly settings: () => Promise<Settings>;
  /** The operator takes the configuration as it is (`--accept-config`). */
  readonly acceptConfig: boolean;
  /** What names the pairs; null: they are those of a run that exists. */
  readonly pairsFrom: string | null;
}

/** What it would find on this machine. */
export interface Ground extends Asked {
  /** What the programs that play the roles say of themselves. */
  readonly reports: () => Promise<readonly ProviderReport[]>;
  /** The other agents that are ready here, in words, where this one cannot be used; null: none is to be taken instead. */
  readonly instead: (broken: ProviderName) => Promise<string | null>;
  /** Null: git is not used. Rejects with a Problem where git refuses, or an earlier start refused its configuration. */
  readonly repository: () => Promise<LookedRepository | null>;
  /** The files of a run that exists. */
  readonly run: RunLayout | null;
}

export interface LookedRepository {
  readonly opened: Opened;
  /** The call of git that an earlier start died in. */
  readonly died: DiedCall | null;
}

/** Whatever is asked, and however often: it is looked at once. */
export function once<T>(look: () => Promise<T>): () => Promise<T> {
  let found: Promise<T> | null = null;
  return () => (found ??= look());
}

/** What a refusal is about, as `autoloop doctor` groups what it says. */
export type Part = 'configuration' | 'provider' | 'git' | 'workspace' | 'lock' | 'leftovers';

/** Why there can be no start. */
export interface Refusal {
  readonly part: Part;
  /** The part's own name, or that of what it is about: `codex`. */
  readonly subject: string;
  readonly problem: Problem;
}

interface StartCheck<Of> {
  readonly part: Part;
  /** What it finds, or throws, is a reason to refuse. Changes nothing. */
  readonly look: (of: Of) => Promise<readonly Found[]> | readonly Found[];
}

type Found = Problem | Omit<Refusal, 'part'>;

/**
 * All that is looked at before a start, in the order in which a start tells it; `autoloop doctor` tells all of it. Whatever a start then
 * does (it takes git's configuration down, takes the locks, writes a file for a trial) can still be refused: things change meanwhile.
 */
const BEFORE_START: { readonly asked: readonly StartCheck<Asked>[]; readonly found: readonly StartCheck<Ground>[] } = {
  asked: [
    { part: 'configuration', look: writtenByAgents },
    { part: 'configuration', look: unreadable },
    { part: 'configuration', look: unworkablePairs },
  ],
  found: [
    { part: 'provider', look: unusableAgents },
    { part: 'git', look: repositoryInTheWay },
    { part: 'workspace', look: unwritableState },
    { part: 'lock', look: busyHere },
    { part: 'lock', look: busyAround },
    { part: 'leftovers', look: atWorkWithoutLock },
  ],
};

/** Everything that would refuse a start; none: it would begin. */
export async function refusalsOf(ground: Ground): Promise<readonly Refusal[]> {
  const found: Refusal[] = [];
  for (const check of [...BEFORE_START.asked, ...BEFORE_START.found]) {
    // What keeps one of them from looking has been told where it was met first.
    const more = (await lookedAt(check, ground)).filter(({ problem }) => found.every((one) => one.problem !== problem));
    found.push(...more);
  }
  return found;
}

/** Rejects with the first Problem of what is asked, before anything is said of a start. */
export function requireAsked(asked: Asked): Promise<void> {
  return requireAll(BEFORE_START.asked, asked);
}

/** Rejects with the first Problem of what is found. */
export function requireGround(ground: Ground): Promise<void> {
  return requireAll(BEFORE_START.found, ground);
}

/** Looks side by side, as each waits for programs; the first of them in order is told. */
async function requireAll<Of>(checks: readonly StartCheck<Of>[], of: Of): Promise<void> {
  const looks = await Promise.allSettled(checks.map((check) => lookedAt(check, of)));
  for (const look of looks) {
    if (look.status === 'rejected') throw look.reason as Error;
    const [refusal] = look.value;
    if (refusal !== undefined) throw refusal.problem;
  }
}

async function lookedAt<Of>({ part, look }: StartCheck<Of>, of: Of): Promise<Refusal[]> {
  try {
    const found = await look(of);
    return found.map((one) => ({ part, ...('problem' in one ? one : { subject: part, problem: one }) }));
  } catch (failure) {
    if (!(failure instanceof Problem)) throw failure;
    return [{ part, subject: part, problem: failure }];
  }
}

function writtenByAgents({ workspace, acceptConfig }: Asked): Problem[] {
  return acceptConfig ? [] : those(agentsConfiguration(workspace, machineFolder(workspace)));
}

async function unreadable({ settings }: Asked): Promise<Problem[]> {
  await settings();
  return [];
}

async function unworkablePairs({ settings, pairsFrom }: Asked): Promise<Problem[]> {
  if (pairsFrom !== null) checkPairs(await settings(), pairsFrom);
  return [];
}

async function unusableAgents(ground: Ground): Promise<Found[]> {
  const reports = await ground.reports();
  const problems = reports.flatMap(({ provider, name = provider, problems: own }) =>
    own.map((problem) => ({ provider, name, ...problem })),
  );
  return Promise.all(
    problems.map(async ({ provider, name, text, hint }) => {
      const ways = [hint, await ground.instead(provider)].filter((way) => way !== null);
      const problem = new Problem('provider', text, ways.length === 0 ? null : ways.join(' '));
      return { subject: name, problem };
    }),
  );
}

async function repositoryInTheWay(ground: Ground): Promise<Problem[]> {
  const looked = await ground.repository();
  if (looked === null) return [];
  const { opened, died } = looked;
  if (opened.kind === 'none') return those(damagedRepository(ground.workspace));
  return opened.kind === 'repository' ? those(await opened.tree.hindrance(died)) : [];
}

async function unwritableState({ workspace, run }: Ground): Promise<Problem[]> {
  await requireWritableState(stateFiles(workspace), run);
  return [];
}

async function busyHere(ground: Ground): Promise<Problem[]> {
  const opened = (await ground.repository().catch(() => null))?.opened; // What git refuses is told already.
  const { lock } = stateFiles(ground.workspace);
  const files = opened?.kind === 'repository' ? [path.join(opened.tree.gitFolder, 'autoloop.lock'), lock] : [lock];
  const found = files.flatMap((file) => those(heldRefusal(file, ground.workspace)));
  return found.slice(0, 1);
}

function busyAround({ workspace }: Ground): Problem[] {
  refuseNested(workspace);
  return [];
}

function atWorkWithoutLock({ workspace }: Ground): Problem[] {
  const { folder: state, lock } = stateFiles(workspace);
  const owners = [machineFolder(workspace), state].flatMap((folder) => livingOwners(folder));
  const holder = holderOf(lock)?.pid;
  return those(stillAtWork(owners.filter(({ pid }) => pid !== holder)));
}

function those(problem: Problem | null): Problem[] {
  return problem === null ? [] : [problem];
}
