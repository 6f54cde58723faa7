import { mayHaveInlineTests } from './inline-tests.ts';

/**
 * What a guard is: a file that decides what a check says. `test`: tests and what they load; `loading`: what a runner loads by itself,
 * and its configuration; `machinery`: what decides elsewhere (continuous integration, this program's own configuration); `pieces`: a file
 * of which only some parts are guards (`pieces.ts`); `inline`: a source that may have tests in it (`inline-tests.ts`).
 */
export type GuardKind = 'test' | 'loading' | 'machinery' | 'pieces' | 'inline';

/** The kind of a guard by its path, `/`-separated and relative to the work tree; null: it is none. `added` are the configured globs. */
export function guardKind(path: string, added: (path: string) => boolean = () => false): GuardKind | null {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (isMachinery(path)) return 'machinery';
  if (PIECES.has(name)) return 'pieces';
  if (isLoading(path, name)) return 'loading';
  if (isTest(path, name) || added(path)) return 'test';
  return mayHaveInlineTests(path) ? 'inline' : null;
}

const PIECES: ReadonlySet<string> = new Set(['package.json', 'pyproject.toml', 'setup.cfg', 'Cargo.toml']);

const TEST_FOLDERS =
  /(?:^|\/)(?:tests?|__tests__|specs?|e2e|__snapshots__|__mocks__|__fixtures__|testdata|test-data|fixtures|expected|goldens?|snapshots|baselines|cassettes|cypress|step_definitions|test[-_]?(?:[Uu]tils?|[Hh]elpers?|[Ss]upport))\/|(?:^|\/)features\/(?:steps|support|environment\.py)/;

/** `test_x.py`, `x_test.go`, `x.test.ts`, `x-spec.js`, and what only tests load: `test-utils.ts`, `testHelpers.js`. */
const TEST_NAMES =
  /^test_[^/]*\.\w+$|^(?:test|spec)[-_]?(?:utils?|helpers?|support)\.\w+$|(?:_test|_spec|[.-](?:test|spec|e2e|cy|bench))\.\w+$|^tests?\.\w+$/i;
const TEST_CLASSES = /Tests?\.(?:java|kt|kts|groovy|cs|swift|php|scala)$|Spec\.(?:groovy|scala|kt|hs)$/;
const TEST_ENDINGS = /\.(?:snap|bats|t|feature|approved\.\w+|golden)$/;

function isTest(path: string, name: string): boolean {
  return TEST_FOLDERS.test(path) || TEST_NAMES.test(name) || TEST_CLASSES.test(name) || TEST_ENDINGS.test(name);
}

const RUNNER_NAMES: ReadonlySet<string> = new Set([
  'conftest.py',
  'sitecustomize.py',
  'usercustomize.py',
  'pytest.ini',
  '.pytest.ini',
  'pytest.toml',
  '.pytest.toml',
  'tox.ini',
  'tox.toml',
  'noxfile.py',
  '.coveragerc',
  '.npmrc',
  '.yarnrc',
  '.yarnrc.yml',
  '.pnpmfile.cjs',
  'bunfig.toml',
  '.taprc',
  '.nycrc',
  '.rspec',
  'node.config.json',
  'Rakefile',
  'build.rs',
  'go.work',
  'rust-toolchain',
  'rust-toolchain.toml',
  'phpunit.xml',
  'phpunit.xml.dist',
  'justfile',
  'CTestTestfile.cmake',
]);

/** Configuration of compilers and linters: what they find is a check's result like any other. */
const LINT_CONFIGURATION =
  /^(?:babel\.config\.\w+|\.babelrc(?:\.\w+)?|\.swcrc|eslint\.config\.\w+|\.eslintrc(?:\.\w+)?|\.eslintignore|\.oxlintrc\.json|biome\.jsonc?|\.stylelintrc(?:\.\w+)?|\.prettierignore|[jt]sconfig(?:\.[\w-]+)?\.json|\.?ruff\.toml|\.flake8|\.?pylintrc|\.?mypy\.ini|pyrightconfig\.json|\.golangci\.(?:ya?ml|toml|json)|\.?clippy\.toml|\.rubocop\.yml|phpstan\.neon(?:\.dist)?)$/;

const RUNNER_CONFIGURATION =
  /^\.?(?:vite|vitest|jest|mocharc|playwright|cypress|ava|karma|wallaby|wtr|web-test-runner|tap|nyc|c8)(?:[.-](?:config|workspace|setup|conf|base|e2e|unit|projects?))*\.(?:[cm]?[jt]sx?|json5?|ya?ml)$|^(?:jest|vitest|test)[.-]?setup\.\w+$|^setup-?tests?\.\w+$|^(?:GNU)?[Mm]akefile$|^Taskfile\.ya?ml$/i;

function isLoading(path: string, name: string): boolean {
  return (
    RUNNER_NAMES.has(name) ||
    RUNNER_CONFIGURATION.test(name) ||
    LINT_CONFIGURATION.test(name) ||
    /(?:^|\/)\.cargo\/config(?:\.toml)?$/.test(path) ||
    name.endsWith('.mk') ||
    isRunnersOwn(path)
  );
}

/**
 * Modules of runners, where they are found before the installed ones: beside the sources, or among dependencies that are not ignored.
 * Assertions are part of them.
 */
function isRunnersOwn(path: string): boolean {
  return PYTHON_RUNNERS.test(path) || (DEPENDENCIES.test(path) && RUNNER_PACKAGES.test(path));
}

const PYTHON_RUNNERS = /^(?:[^/]+\/)*?(?:src\/)?(?:pytest|_pytest|pluggy|iniconfig|unittest|nose2?)(?:\.py$|\/.*\.py$)/;
const DEPENDENCIES = /(?:^|\/)(?:node_modules|vendor|site-packages|third_party)\//;
const RUNNER_PACKAGES =
  /\/(?:@?(?:vitest|jest|mocha|jasmine|ava|tap|tape|uvu|playwright|cypress|karma)|chai|expect|should|assert|sinon|testify|gomega|ginkgo|go-cmp|phpunit|hamcrest|pytest|_pytest|pluggy|unittest|nose2?)(?:[/@.-]|$)/;

const CI =
  /^(?:\.github\/(?:workflows|actions)|\.circleci|\.buildkite|\.woodpecker|\.forgejo|\.gitea|\.ci)\/|^(?:\.gitlab-ci\.yml|\.travis\.yml|azure-pipelines\.yml|bitbucket-pipelines\.yml|Jenkinsfile|appveyor\.yml)$/;

function isMachinery(path: string): boolean {
  return CI.test(path) || isOwnConfiguration(path);
}

/** This program's own configuration, of whichever workspace in the repository. */
export function isOwnConfiguration(path: string): boolean {
  return /(?:^|\/)autoloop\.ya?ml$/.test(path);
}

/** One path that differs between the base and now. `before` and `after` are what stands there (mode and id), null: nothing. */
export interface Difference {
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
}

export interface TouchedGuard extends Difference {
  readonly kind: GuardKind;
}

/** What was done to guards between two states. */
export interface GuardChanges {
  /** Every guard that differs, added ones too. */
  readonly guards: readonly TouchedGuard[];
  /** Whether the base's guards must be run on today's code: one of them was touched, or one that loads by itself was added. */
  readonly oldOnNew: boolean;
  /** Whether code was added where tests are. Most runners have all tests in one process, where each file may change what others see. */
  readonly addsCode: boolean;
  /** Whether today's guards must be run on the base's code before a new test proves anything. */
  readonly newOnOld: boolean;
}

/** `samePieces`: files of kind `pieces` or `inline` of which no part that decides has changed. */
export function guardChanges(
  differences: readonly Difference[],
  known: { readonly added?: (path: string) => boolean; readonly samePieces?: ReadonlySet<string> } = {},
): GuardChanges {
  const guards = differences.flatMap((difference) => {
    const kind = guardKind(difference.path, known.added);
    if (difference.before === null && isNewCompilation(difference.path)) return [];
    // A module that the project has had before is its own, whatever its name.
    if (difference.before !== null && PYTHON_RUNNERS.test(difference.path)) return [];
    return kind === null || known.samePieces?.has(difference.path) === true ? [] : [{ ...difference, kind }];
  });
  const decides = ({ kind }: TouchedGuard) => kind !== 'machinery';
  const oldOnNew = guards.some((guard) => decides(guard) && isRestored(guard));
  return { guards, oldOnNew, addsCode: guards.some(isAddedCode), newOnOld: guards.some(decides) };
}

/** Whether the old text of a guard can be put in its place, or the lack of it decides. Tests in a file are nothing without its code. */
export function isRestored({ kind, before, after }: TouchedGuard): boolean {
  if (kind === 'inline') return before !== null && after !== null;
  return before !== null || kind !== 'test';
}

/** A compiler's configuration that was not there is for sources that were not there. */
function isNewCompilation(path: string): boolean {
  return /(?:^|\/)[jt]sconfig(?:\.[\w-]+)?\.json$/.test(path);
}

/** Data beside tests decides nothing by itself, and may be what today's sources are made of. */
const DATA =
  /\.(?:json5?|jsonl|ya?ml|toml|ini|csv|tsv|txt|log|xml|html?|css|md|rst|snap|sql|golden|approved|expected|out|lock|bin|dat|gz|zip|png|jpe?g|gif|svg|webp|pdf|ico|woff2?|mp[34]|wasm|proto|graphql|feature)$/i;

/** Code that was added where tests are. */
export function isAddedCode({ path, kind, before }: TouchedGuard): boolean {
  return kind === 'test' && before === null && !DATA.test(path);
}

/** Whether code itself was changed: something that is neither a guard nor a document. */
export function touchesSources(differences: readonly Difference[], added?: (path: string) => boolean): boolean {
  return differences.some(
    ({ path }) => !isDocument(path) && [null, 'pieces', 'inline'].includes(guardKind(path, added)),
  );
}

const DOCUMENTS =
  /\.(?:md|mdx|markdown|rst|adoc|txt|png|jpe?g|gif|svg|webp|pdf)$|(?:^|\/)(?:LICEN[CS]E|AUTHORS|NOTICE|CODEOWNERS)[^/]*$/i;

/** Texts that tools read: what is built, and with what. */
const READ_BY_TOOLS = /(?:^|\/)(?:CMakeLists|[\w-]*(?:requirements|constraints)[\w-]*)\.txt$/i;

/** Text for people: it needs no proof. */
export function isDocument(path: string): boolean {
  if (READ_BY_TOOLS.test(path) || (path.endsWith('.txt') && TEST_FOLDERS.test(path))) return false;
  return DOCUMENTS.test(path) || /^docs?\//.test(path);
}

/**
 * What was done to guards since they became guards: those that a completed phase added (`sinceBase`: what its state differs in) count
 * from then on.
 */
export function sinceLater(
  differences: readonly Difference[],
  sinceBase: readonly Difference[],
  added?: (path: string) => boolean,
): readonly Difference[] {
  const isGuard = ({ path, before }: Difference) => before === null && guardKind(path, added) !== null;
  const later = new Map(sinceBase.filter(isGuard).map(({ path, after }) => [path, after]));
  const today = differences.map((one) => (later.has(one.path) ? { ...one, before: later.get(one.path) ?? null } : one));
  const paths = new Set(differences.map(({ path }) => path));
  const gone = [...later].filter(([path]) => !paths.has(path)).map(([path, before]) => ({ path, before, after: null }));
  return [...today, ...gone].filter(({ before, after }) => before !== after);
}
