import type { Check, ParserName } from '../core/checks/check.ts';
import { ownValue } from '../core/own-value.ts';
import { quoted } from '../core/shell-word.ts';

/** What the folder says about a command: the scripts of package.json, and the Makefile. */
export interface CommandFacts {
  readonly scripts: Readonly<Record<string, string>>;
  readonly makefile: string | null;
}

/** How a check is started so that it leaves results, and where they are looked for. The command itself stays as it is. */
export interface Arrangement {
  readonly run: Check['run'];
  /** Added to what the variable already holds. */
  readonly env: Readonly<Record<string, string>>;
  readonly parser: Exclude<ParserName, 'auto'> | 'unknown';
  readonly from: 'file' | 'output' | 'globs';
  /** Error output is read with the output. */
  readonly joined: boolean;
}

type Runner = 'vitest' | 'jest' | 'mocha' | 'node' | 'pytest' | 'go' | 'cargo';

const RUNNERS: readonly (readonly [Runner, RegExp])[] = [
  ['vitest', /\bvitest\b/],
  ['jest', /\bjest\b|\breact-scripts\s+test\b/],
  ['mocha', /\bmocha\b/],
  ['node', /\b(?:node|tsx|c8|nyc)\b[^|;&]*\s--test(?:\s|$)/],
  ['pytest', /\bpy\.?test\b/],
  ['go', /\bgo\s+test\b/],
  ['cargo', /\bcargo\s+(?:\+\S+\s+)?test\b/],
];

/** Arranges results in `file` (a path outside the tree that does not exist yet) where the runner is known. */
export function arrange(check: Check, facts: CommandFacts, file: string): Arrangement {
  const plain = { run: check.run, env: {}, joined: false };
  const { parser } = check;
  if (check.results !== null && parser !== 'auto') return { ...plain, parser, from: 'globs' };
  if (parser === 'exit') return { ...plain, parser, from: 'output' };
  if (parser === 'problems' || parser === 'cargo') {
    return { ...plain, run: withFailFastOff(check.run), parser, from: 'output', joined: true };
  }
  if (parser === 'go') return withGo(check.run, facts) ?? { ...plain, parser, from: 'output' };
  if (parser === 'tap') return { ...plain, parser, from: 'output' };
  const known = byRunner(check.run, facts, file);
  if (known !== null && (parser === 'auto' || parser === known.parser)) return known;
  return { ...plain, parser: parser === 'auto' ? 'unknown' : parser, from: 'output', joined: parser === 'auto' };
}

/**
 * The flag for results reaches every command of go by the environment, and with it `go vet` ends with 0 whatever it finds. Where others
 * are called it is given to `go test` alone; where that is out of reach, nothing is arranged. Results that go has kept are none of this
 * state: what a test reads by other programs does not count for them.
 */
function withGo(run: Check['run'], facts: CommandFacts): Arrangement | null {
  const plain = { run, env: { GOFLAGS: '-count=1' }, parser: 'go', from: 'output', joined: false } as const;
  const { text } = whatRuns(run, facts);
  if (/\bgo\s+test\b[^|;&]*\s-json\b/.test(text)) return plain;
  if (!/\bgo\s+(?!test\b)[a-z]/.test(text)) return { ...plain, env: { GOFLAGS: '-json -count=1' } };
  if (typeof run !== 'string' || !/\bgo\s+test\b/.test(run)) return null;
  return { ...plain, run: run.replace(/\bgo(\s+)test\b/g, 'go$1test -json') };
}

function byRunner(run: Check['run'], facts: CommandFacts, file: string): Arrangement | null {
  const { text, takes } = whatRuns(run, facts);
  const plain = { run, env: {}, joined: false };
  const runner = RUNNERS.find(([, pattern]) => pattern.test(text))?.[0];
  switch (runner) {
    case 'pytest': {
      const options = `--junitxml=${quoted(file)} -o junit_family=xunit1 -p no:cacheprovider`;
      return { ...plain, env: { PYTEST_ADDOPTS: options }, parser: 'junit', from: 'file' };
    }
    case 'node': {
      if (text.includes('--test-reporter')) return null;
      const options = `--test-reporter=junit "--test-reporter-destination=${file}" --test-reporter=spec --test-reporter-destination=stdout`;
      return { ...plain, env: { NODE_OPTIONS: options }, parser: 'junit', from: 'file' };
    }
    case 'go':
      return withGo(run, facts);
    case 'cargo':
      return { ...plain, run: withFailFastOff(run), parser: 'cargo', from: 'output', joined: true };
    case 'vitest': {
      const words = ['--reporter=default', '--reporter=junit', `--outputFile.junit=${file}`];
      return takes === null ? null : { ...plain, run: withArguments(run, words, takes), parser: 'junit', from: 'file' };
    }
    case 'mocha': {
      if (takes === null || /\s(?:--reporter|-R)\b/.test(text)) return null;
      const words = ['--reporter', 'xunit', '-O', `output=${file}`];
      return { ...plain, run: withArguments(run, words, takes), parser: 'junit', from: 'file' };
    }
    case 'jest': {
      const words = ['--ci', '--json', `--outputFile=${file}`];
      return takes === null ? null : { ...plain, run: withArguments(run, words, takes), parser: 'jest', from: 'file' };
    }
    case undefined:
      return null;
  }
}

/** How arguments reach the runner: behind `--`, at the end, or not at all (null). */
type Takes = 'dashes' | 'end' | null;

const SCRIPT = /^(?<manager>npm|pnpm|yarn|bun)\s+(?:(?:run|run-script)\s+)?(?<name>t|tst|[\w:.@/-]+)\b/;

/** The text of what a command runs in the end, and whether its last part is the runner itself. */
function whatRuns(run: Check['run'], facts: CommandFacts): { text: string; takes: Takes } {
  const command = textOf(run);
  const script = SCRIPT.exec(command)?.groups;
  const isNpm = script?.['manager'] === 'npm';
  const name = script?.['name'] === 't' || script?.['name'] === 'tst' ? 'test' : (script?.['name'] ?? '');
  const body = ownValue(facts.scripts, name);
  if (script !== undefined && body !== undefined) {
    const isWhole = lastPart(command) === command;
    return { text: body, takes: isWhole && isRunner(lastPart(body)) ? (isNpm ? 'dashes' : 'end') : null };
  }
  if (/^make\b/.test(command) && facts.makefile !== null) return { text: facts.makefile, takes: null };
  return { text: command, takes: isRunner(lastPart(command)) ? 'end' : null };
}

function isRunner(text: string): boolean {
  return RUNNERS.some(([, pattern]) => pattern.test(text));
}

function lastPart(text: string): string {
  return (
    text
      .split(/&&|\|\||[;|\n]/)
      .at(-1)
      ?.trim() ?? text
  );
}

function withArguments(run: Check['run'], words: readonly string[], takes: Exclude<Takes, null>): Check['run'] {
  const separated = / -- | --$/.test(textOf(run)) || takes === 'end';
  const added = separated ? words : ['--', ...words];
  return typeof run === 'string' ? `${run} ${added.map(quoted).join(' ')}` : [...run, ...added];
}

/** Without it, cargo does not run what comes after the first binary with a failure. */
function withFailFastOff(run: Check['run']): Check['run'] {
  const text = textOf(run);
  if (!/^cargo\s+(?:\+\S+\s+)?test\b/.test(text) || text.includes('--no-fail-fast')) return run;
  if (typeof run === 'string') return run.replace(/\btest\b/, 'test --no-fail-fast');
  const at = run.indexOf('test') + 1;
  return [...run.slice(0, at), '--no-fail-fast', ...run.slice(at)];
}

function textOf(run: Check['run']): string {
  return (typeof run === 'string' ? run : run.join(' ')).trim();
}
