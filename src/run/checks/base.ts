import { type Check, commandText } from '../../core/checks/check.ts';
import { toLogged } from '../../core/checks/check-events.ts';
import { cannotRun } from '../../core/checks/plausible.ts';
import type { CheckResult } from '../../core/checks/results.ts';
import type { ConfiguredCheck } from '../../core/settings.ts';
import type { CheckBench } from '../check-port.ts';
import { type Loop, type Performed, type Stop, STOPPED } from '../loop.ts';
import type { ResultStore } from './results.ts';

/**
 * Asks for the base of the checks of a new run, as soon as the work tree has been looked at for the baseline: it is on its way while that
 * is committed, which does not change it.
 */
export function foreseeBase(loop: Loop): void {
  const { boundary, ports, state } = loop;
  const { checks } = ports;
  if (boundary === null || !checks || state.run.chainBase !== undefined) return;
  loop.foreseenBase = baseNow(checks, boundary.git.cleanHead());
  loop.foreseenBase.catch(() => undefined); // Whoever needs it hears of it.
}

/** Where the sources are those of a commit, git need not look at each of them again. */
async function baseNow(checks: CheckBench, clean: string | null): Promise<string> {
  const last = clean === null ? null : await checks.lastCommit();
  return last !== null && last.commit === clean ? last.tree() : checks.snapshot();
}

/** The checks of a run: those that are configured, else those that are found. Logged with the base, on which all is compared. */
export async function resolveChecks(loop: Loop, results: ResultStore, baseTree: string | null): Promise<void> {
  const { settings, state } = loop;
  const checks = settings.checks?.map(configuredCheck) ?? (await results.bench.discover());
  const inherited = state.run.chainBase;
  const [tree, commit] = await Promise.all([
    baseTree ?? inherited?.tree ?? loop.foreseenBase ?? results.bench.snapshot(),
    inherited?.commit ?? results.bench.lastCommit().then((last) => last?.commit ?? null),
  ]);
  loop.foreseenBase = null;
  const why = checks.length === 0 ? null : (results.bench.tooLarge?.(tree) ?? null);
  if (why !== null) loop.ports.narrator.warn(`${why}: ${END_WITHOUT}`);
  const { where } = results.evidence;
  if (checks.length > 0 && state.checks.resolved === null) {
    loop.ports.narrator.line(CHECKS_RUN);
    if (settings.checks === null || settings.checks === undefined) {
      for (const { name, run, origin } of checks)
        loop.ports.narrator.line(`[*] Check ${name}: ${commandText(run)} (found in ${origin})`);
      loop.ports.narrator.line('[*] To run without checks: `checks: []` in autoloop.yaml, or --no-checks');
    }
  }
  const carried = state.checks.resolved?.carried ?? inherited?.carried ?? (await carriedNow(results, checks));
  await loop.record({
    event_type: 'checks_resolved',
    checks: checks.map(toLogged),
    base_tree: tree,
    base_commit: commit,
    where,
    ...(carried ? { carried } : {}),
    ...(baseTree !== null || inherited?.guards === undefined ? {} : { guard_tree: inherited.guards }),
  });
}

/** Null where there is nothing to be carried, or no check. */
async function carriedNow({ bench, evidence }: ResultStore, checks: readonly Check[]) {
  const found = checks.length === 0 ? null : ((await bench.carried?.(evidence, Infinity)) ?? null);
  if (found === null) return null;
  const { at, folders, guards } = found;
  return { at, folders: Object.fromEntries(folders.map(({ path, digest }) => [path, digest])), guards };
}

const END_WITHOUT = 'the run will end as unverified. Use a git repository or a smaller folder, or --no-checks';

const CHECKS_RUN = '[*] Checks run what agents wrote with your rights, outside of the agents’ sandbox';

/** A check as the configuration has it, with what is usual for the rest. */
export function configuredCheck(check: ConfiguredCheck): Check {
  const gate = check.gate ?? (check.heldBack ? 'pass' : 'no_new_failures');
  return { ...check, gate, origin: 'autoloop.yaml' };
}

/** Every check on the base, before anything is spent: what cannot run is refused, or left out where nobody asked for it. */
export async function judgeBase(loop: Loop, results: ResultStore): Performed {
  const { resolved } = loop.state.checks;
  if (resolved === null) return null;
  const leftOut: string[] = [];
  const failing: string[] = [];
  const flaky: string[] = [];
  const isConfigured = loop.settings.checks !== null && loop.settings.checks !== undefined;
  for (const check of resolved.checks) {
    const result = await results.of({
      check,
      side: 'base',
      tree: resolved.baseTree,
      at: 'base',
      // Once more at once: what then passes is flaky, and not broken.
      suspicious: (one) => !cannotRun(one) && [...one.tests.values()].includes('failed'),
      tries: 1,
    });
    if (loop.ports.stop.aborted || result.ending === 'stopped') return STOPPED;
    if (!cannotRun(result)) {
      if (check.heldBack) continue;
      for (const [id, outcome] of result.tests) if (outcome === 'failed') failing.push(id);
      flaky.push(...result.flaky);
      continue;
    }
    if (isConfigured) return refused(loop, results, check, result);
    leftOut.push(check.name);
    loop.ports.narrator.warn(`check ${check.name} cannot run here and is left out: ${whatHappened(result)}`);
  }
  if (results.evidence.mode === 'required' && leftOut.length === resolved.checks.length) return NOTHING_USABLE;
  await loop.record({
    event_type: 'checks_judged',
    at: 'base',
    verdict: 'passed',
    new_failures: [],
    findings: [],
    more: 0,
    flaky: flaky.slice(0, 100),
    note: null,
    tree: resolved.baseTree,
    phase_id: null,
    old_failures: failing.slice(0, 1000),
    left_out: leftOut,
  });
  return null;
}

const NOTHING_USABLE: Stop = {
  status: 'fatal_error',
  reason: 'evidence.mode is required, and there is no check that can run: set `checks` in autoloop.yaml',
};

async function refused(loop: Loop, results: ResultStore, check: Check, result: CheckResult): Promise<Stop> {
  const kept = Object.entries(loop.state.checks.kept).find(([key]) => key.startsWith(`${check.name} `))?.[1];
  const log =
    kept === undefined || kept.log === null
      ? null
      : await results.bench.tail(`${loop.ports.store.files.turns}/${kept.log}`);
  const last = (log ?? '').trim().split('\n').slice(-5).join('\n');
  const reason = `check ${check.name} cannot run: ${commandText(check.run)}: ${whatHappened(result)}${last === '' ? '' : `\n${last}`}`;
  return {
    status: 'fatal_error',
    reason: `${reason}\nMend its command in autoloop.yaml and resume with --reload-checks, or start with --no-checks.`,
  };
}

function whatHappened({ ending, exitCode, implausible }: CheckResult): string {
  if (ending === 'exited' && exitCode === 127) return 'exit code 127, the program was not found';
  if (ending === 'exited' && exitCode === 126) return 'exit code 126, the program may not be run';
  return implausible ?? ending;
}
