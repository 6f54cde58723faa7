import type { LoggedFinding } from './check-events.ts';
import { names } from './declared.ts';
import { type CheckFacts, lastJudged } from './facts.ts';

/** What keeps a run from being verified and a person may accept: changes of tests and guards, as they were last judged. */
export function openFindings(facts: CheckFacts): readonly LoggedFinding[] {
  return (
    lastJudged(facts)?.findings.filter(
      ({ gates, kind, test, path }) => gates && kind !== 'unproven' && (test ?? path) !== null,
    ) ?? []
  );
}

/** Whether a name that a person gives means this finding: its test, or the guard behind it. */
export function isNamedBy({ test, path }: LoggedFinding, name: string): boolean {
  return names(name, { test, paths: path === null ? [] : [path] });
}
