import type { AgentScript, Rule } from './fake-agent/script.ts';

const RUNNER = `. ./lib.sh
n=0; bad=0
ok() { n=$((n+1)); if [ "$1" = "$2" ]; then echo "ok $n - $3"; else echo "not ok $n - $3"; bad=1; fi; }
echo "TAP version 13"
for t in tests/t_*.sh; do . ./$t; done
echo "1..$n"
exit $bad
`;

export const LIBRARY = 'add() { echo $(($1 + $2)); }\nsub() { echo $(($1 - $2)); }\n';
export const WITH_MUL = `${LIBRARY}mul() { echo $(($1 * $2)); }\n`;
export const OLD_TESTS = 'ok "$(add 1 2)" 3 adds\nok "$(sub 3 2)" 1 subtracts\n';

/** A library of shell functions with tests that print TAP: it adds and subtracts, and is to learn to multiply. */
export const SHELL_PROJECT: Readonly<Record<string, string>> = {
  'lib.sh': LIBRARY,
  'tests/run.sh': RUNNER,
  'tests/t_add.sh': OLD_TESTS,
  'README.md': 'a library\n',
};

export const SHELL_CHECK = 'checks:\n  - {name: test, run: sh tests/run.sh, parser: tap}\n';

/** Tests for what was asked, as an honest author writes them, with what they show. */
export const MUL_TESTS: Readonly<Record<string, string>> = {
  'tests/t_mul.sh': 'ok "$(mul 3 4 2>/dev/null)" 12 multiplies\n',
  '${bundle}/acceptance_evidence.yaml': 'AC-1: {tests: [multiplies]}\n',
};

/** Agents whose implementer and test author write these files; the rest is the fakes' default work. */
export function authors(
  implement: Readonly<Record<string, string>>,
  test: Readonly<Record<string, string>> = MUL_TESTS,
  more: readonly Rule[] = [],
): AgentScript {
  return {
    rules: [
      ...more,
      { pair: 'implement', role: 'producer', write: implement },
      { pair: 'test', role: 'producer', write: test },
    ],
  };
}
