import type { Hands } from './hands.ts';
import { callsOf, commandOf, FEATURES, SCRIPT, TEST_RUNNER, type Calls, type Feature } from './project.ts';

/** A case that went wrong, with the evidence. */
export interface Failed {
  readonly feature: Feature;
  readonly command: string;
  readonly wanted: string;
  readonly found: string;
}

/** Runs the cases of the features for real; returns those that failed. */
export function failedCases(hands: Hands, features: readonly Feature[]): Failed[] {
  return features.flatMap((feature) => callsOf(feature).flatMap((calls) => failedOf(hands, feature, calls)));
}

/** The features that the code in the workspace has, found by running it; none without code. */
export function featuresFound(hands: Hands): Feature[] {
  if (!hands.exists(SCRIPT)) return [];
  const failed = new Set(failedCases(hands, FEATURES).map(({ feature }) => feature));
  return FEATURES.filter((feature) => !failed.has(feature));
}

/** The features that must work when a phase is done: its own and those before it. All, for a phase that is not of this project. */
export function featuresUpTo(phase: string | null): readonly Feature[] {
  const at = FEATURES.findIndex((feature) => feature === phase);
  return at < 0 ? FEATURES : FEATURES.slice(0, at + 1);
}

/** Runs the project's own tests: whether they passed, and their output. */
export function runTests(hands: Hands): { passed: boolean; output: string } {
  const { status, output } = hands.run(`sh ${TEST_RUNNER}`);
  return { passed: status === 0, output };
}

function failedOf(hands: Hands, feature: Feature, { command, cases }: Calls): Failed[] {
  const said = hands.run(command).stdout.split(/status (\d+)\n/);
  return cases.flatMap((one, at) => {
    const [output = '', status] = said.slice(2 * at);
    const found = outcome(output.trimEnd(), status === undefined ? null : Number(status));
    const wanted = outcome(one.output, one.status);
    return found === wanted ? [] : [{ feature, command: commandOf(one), wanted, found }];
  });
}

function outcome(output: string, status: number | null): string {
  return `${output === '' ? 'nothing' : output} with status ${status ?? 'unknown'}`;
}
