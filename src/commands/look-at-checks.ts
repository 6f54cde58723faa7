import { foundChecks } from '../checks/found.ts';
import { commandText } from '../core/checks/check.ts';
import type { Settings } from '../core/settings.ts';
import { error, type Finding, ok } from '../inspect/finding.ts';

const CHECKS = 'checks';

/** What a run's success would rest on. Runs nothing: `autoloop checks` does. */
export function lookAtChecks(workspace: string, { checks, evidence, runtime }: Settings): Finding[] {
  if (evidence === undefined) return [];
  const isRequired = evidence.mode === 'required';
  const none = (why: string, fix: string) =>
    isRequired
      ? error(CHECKS, `evidence.mode is required, and ${why}`, fix)
      : { ...ok(CHECKS, `${why}: no success is verified`), fix };
  if (evidence.mode === 'off') return [ok(CHECKS, 'switched off (evidence.mode): no success is verified')];
  if (checks?.length === 0) return [none('there is none (checks: [])', 'Name some in autoloop.yaml.')];
  const known = checks ?? foundChecks(workspace);
  if (known.length === 0) return [none('none is known', 'Set `checks` in autoloop.yaml.')];
  const named = known.map((check) => {
    const from = 'origin' in check ? `, found in ${String(check.origin)}` : '';
    return `${check.name} (${commandText(check.run)}${from})`;
  });
  return [
    ok(
      CHECKS,
      `${named.join(', ')}: they run ${runtime.useGit ? '' : 'in the work tree, since there is no git, '}what agents wrote with your rights, outside of the agents’ sandbox`,
    ),
  ];
}
