/** The rehearsal's project: a converter of Roman numerals that needs nothing but a POSIX shell. */
export const PROJECT_FOLDER = 'roman';
export const SCRIPT = `${PROJECT_FOLDER}/roman.sh`;
export const TEST_RUNNER = `${PROJECT_FOLDER}/tests/run.sh`;

/** What the project can do, in the order in which it is built. */
export const FEATURES = ['to-roman', 'from-roman', 'refusals'] as const;
export type Feature = (typeof FEATURES)[number];

/** A call of roman.sh and what it must do: print `output` and exit with `status`. */
export interface Case {
  readonly args: readonly string[];
  readonly output: string;
  readonly status: 0 | 2;
}

/** By these a feature is built, reviewed, tested and audited. */
const CASES: Readonly<Record<Feature, readonly Case[]>> = {
  'to-roman': [
    prints('I', '1'),
    prints('IV', '4'),
    prints('XC', '90'),
    prints('CD', '400'),
    prints('MCMXCIV', '1994'),
    prints('MMMCMXCIX', '3999'),
  ],
  'from-roman': [
    prints('1', '--from', 'I'),
    prints('9', '--from', 'IX'),
    prints('1994', '--from', 'MCMXCIV'),
    refuses('--from', 'IIII'),
    refuses('--from', 'IC'),
  ],
  refusals: [
    refuses('0'),
    refuses('4000'),
    refuses('abc'),
    refuses('1.5'),
    refuses('--from', 'MMMM'),
    refuses('--from', ''),
  ],
};

/** The command line of a case, from the workspace. */
export function commandOf({ args }: Case): string {
  return ['sh', SCRIPT, ...args.map(quoted)].join(' ');
}

/** Calls of roman.sh in one command, which prints `status N` after the output of each. */
export interface Calls {
  readonly command: string;
  readonly cases: readonly Case[];
}

/** The cases of a feature, those together that differ in their last argument only. */
export function callsOf(feature: Feature): readonly Calls[] {
  const groups = Map.groupBy(CASES[feature], ({ args }) => args.slice(0, -1).join(' '));
  return [...groups].map(([option, cases]) => {
    const values = cases.map(({ args }) => quoted(args.at(-1) ?? '')).join(' ');
    const call = ['sh', SCRIPT, option, '"$n"'].filter((word) => word !== '').join(' ');
    return { command: `for n in ${values}; do ${call}; echo "status $?"; done`, cases };
  });
}

/** roman.sh with these features. `subtractive: false` is the first try that the reviewer sends back: 4 becomes IIII. */
export function scriptText(features: readonly Feature[], subtractive = true): string {
  const from = features.includes('from-roman');
  const strict = features.includes('refusals');
  return [
    '#!/bin/sh',
    '# roman.sh NUMBER          prints the number as a Roman numeral',
    ...(from ? ['# roman.sh --from NUMERAL  prints the Roman numeral as a number'] : []),
    '',
    `SYMBOLS='${subtractive ? SYMBOLS : PLAIN_SYMBOLS}'`,
    '',
    ...(from || strict ? [REFUSE, ''] : []),
    TO_ROMAN,
    '',
    ...(from ? [fromRoman(strict), ''] : []),
    dispatch(from, strict),
    '',
  ].join('\n');
}

/** The names that the runner gives the cases of a feature. */
export function testNames(feature: Feature): readonly string[] {
  return CASES[feature].map(({ args }) => `roman.sh ${args.join(' ')}`.trim());
}

/** The cases of a feature as a test file, which the runner reads. */
export function testText(feature: Feature): string {
  const lines = CASES[feature].map(({ args, output, status }) =>
    ['expect', quoted(output), status, ...args.map(quoted)].join(' '),
  );
  return [`# ${feature}: expect OUTPUT STATUS ARGUMENT…`, ...lines, ''].join('\n');
}

export function testFile(feature: Feature): string {
  return `${PROJECT_FOLDER}/tests/${feature}.test.sh`;
}

export const TEST_RUNNER_TEXT = `#!/bin/sh
# Runs every *.test.sh beside it and prints TAP. Exit status 1 if a case failed.
cd "\${0%/*}" || exit 1
passed=0
failed=0
echo 'TAP version 13'

expect() {
  output=$1
  status=$2
  shift 2
  actual=$(sh ../roman.sh "$@" 2>/dev/null)
  code=$?
  [ -f ../roman.sh ] || code='none: there is no roman.sh'
  if [ "$actual" = "$output" ] && [ "$code" = "$status" ]; then
    passed=$((passed + 1))
    printf 'ok %s - roman.sh %s\\n' "$((passed + failed))" "$*"
  else
    failed=$((failed + 1))
    printf 'not ok %s - roman.sh %s\\n' "$((passed + failed))" "$*"
    printf '# "%s" with status %s instead of "%s" with %s\\n' "$actual" "$code" "$output" "$status"
  fi
}

for file in ./*.test.sh; do
  [ ! -f "$file" ] || . "$file"
done
printf '1..%s\\n# %s passed, %s failed\\n' "$((passed + failed))" "$passed" "$failed"
[ "$failed" -eq 0 ]
`;

const PLAIN_SYMBOLS = '1000:M 500:D 100:C 50:L 10:X 5:V 1:I';
const SYMBOLS = '1000:M 900:CM 500:D 400:CD 100:C 90:XC 50:L 40:XL 10:X 9:IX 5:V 4:IV 1:I';

const REFUSE = `refuse() {
  printf 'roman.sh: %s\\n' "$1" >&2
  exit 2
}`;

const TO_ROMAN = `to_roman() {
  rest=$1
  numeral=
  for symbol in $SYMBOLS; do
    while [ "$rest" -ge "\${symbol%:*}" ]; do
      rest=$((rest - \${symbol%:*}))
      numeral=$numeral\${symbol#*:}
    done
  done
  printf '%s\\n' "$numeral"
}`;

function fromRoman(strict: boolean): string {
  const tooLarge = strict ? ' || [ "$total" -gt 3999 ]' : '';
  return `from_roman() {
  left=$1
  total=0
  for symbol in $SYMBOLS; do
    letters=\${symbol#*:}
    while [ "\${left#"$letters"}" != "$left" ]; do
      left=\${left#"$letters"}
      total=$((total + \${symbol%:*}))
    done
  done
  # Only the standard form of a number comes back as it was.
  if [ -n "$left" ] || [ "$(to_roman "$total")" != "$1" ]${tooLarge}; then
    refuse "'$1' is not a Roman numeral"
  fi
  printf '%s\\n' "$total"
}`;
}

function dispatch(from: boolean, strict: boolean): string {
  const fromBranch = strict
    ? `--from)\n  [ -n "$2" ] || refuse 'no numeral was given'\n  from_roman "$2"\n  ;;`
    : '--from) from_roman "$2" ;;';
  const refusal = `'' | *[!0-9]* | 0* | ?????*) refuse "'$1' is not a whole number from 1 to 3999" ;;`;
  const toBranch = strict
    ? `*)\n  [ "$1" -le 3999 ] || refuse "$1 is more than 3999"\n  to_roman "$1"\n  ;;`
    : '*) to_roman "$1" ;;';
  if (!from && !strict) return 'to_roman "$1"';
  return ['case $1 in', ...(from ? [fromBranch] : []), ...(strict ? [refusal] : []), toBranch, 'esac'].join('\n');
}

function prints(output: string, ...args: string[]): Case {
  return { args, output, status: 0 };
}

function refuses(...args: string[]): Case {
  return { args, output: '', status: 2 };
}

function quoted(word: string): string {
  return /^[\w.-]+$/.test(word) ? word : `'${word}'`;
}
