import { foundChecks } from '../checks/found.ts';
import { type Check, commandText } from '../core/checks/check.ts';
import type { Settings } from '../core/settings.ts';
import { lookUp } from '../files/programs.ts';
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
  const missing = (checks ?? []).flatMap((check) => missingProgram(check));
  if (missing.length > 0) return missing;
  return [
    ok(
      CHECKS,
      `${named.join(', ')}: they run ${runtime.useGit ? '' : 'in the work tree, since there is no git, '}what agents wrote with your rights, outside of the agents’ sandbox`,
    ),
  ];
}

/** Words that the shell knows without a program, as a command may begin with. */
const SHELL_WORDS = new Set(
  'alias break case cd command continue eval exec exit export for function if local read return set shift source time trap type ulimit umask unset until wait while'.split(
    ' ',
  ),
);

/** A configured check without its program ends a run at its start. Of what a shell makes of other commands nothing is said. */
function missingProgram({ name, run }: Pick<Check, 'name' | 'run'>): Finding[] {
  const word = typeof run === 'string' ? /^\s*([\w.+-]+)(?=\s|$)/.exec(run)?.[1] : run[0];
  if (word === undefined || word.includes('/') || SHELL_WORDS.has(word)) return [];
  if (lookUp(word, { path: process.env.PATH ?? '', workspace: null }).file !== null) return [];
  const fix = 'Install it, or mend the command in autoloop.yaml.';
  return [error(CHECKS, `check ${name} cannot run: the program ${word} was not found`, fix)];
}
