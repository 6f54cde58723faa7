import path from 'node:path';
import { ownValue } from '../core/own-value.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Variables of another repository, of a surrounding test runner, or of a surrounding script. */
const FOREIGN =
  /^(?:GIT_.*|NODE_TEST_CONTEXT|NODE_V8_COVERAGE|VITEST.*|JEST_WORKER_ID|npm_.*|INIT_CWD|PYTEST_CURRENT_TEST)$/;

/** Where the user's own configuration of git is: no repository's. */
const HARMLESS = new Set(['GIT_CONFIG_GLOBAL', 'GIT_CONFIG_SYSTEM', 'GIT_CONFIG_NOSYSTEM', 'GIT_SSH_COMMAND']);

/** Where a check runs: `root` is the tree, `cwd` the workspace in it. */
export interface Place {
  readonly root: string;
  readonly cwd: string;
}

/** The user's environment, without what points elsewhere. */
export function ownEnvironment(user: Environment): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(user)) {
    if (value !== undefined && (!FOREIGN.test(name) || HARMLESS.has(name))) env[name] = value;
  }
  return env;
}

/** The environment of a check: the user's, with what makes runs alike. `added` goes behind what the variables hold already. */
export function checkEnvironment(user: Environment, { root, cwd }: Place, added: Environment): Record<string, string> {
  const env = ownEnvironment(user);
  const paths = [...new Set([path.join(cwd, 'src'), cwd, path.join(root, 'src'), root])];
  // An editable install leads into the work tree: what stands in the check tree comes first.
  env['PYTHONPATH'] = [...paths, env['PYTHONPATH'] ?? ''].filter((entry) => entry !== '').join(path.delimiter);
  for (const [name, value] of Object.entries(added)) {
    if (value !== undefined) env[name] = [ownValue(env, name) ?? '', value].filter((part) => part !== '').join(' ');
  }
  return { ...env, ...ALIKE };
}

/** Also: runners of tasks show no results that they have kept from elsewhere. */
const ALIKE = {
  CI: '1',
  NO_COLOR: '1',
  TERM: 'dumb',
  CARGO_TERM_COLOR: 'never',
  PYTHONDONTWRITEBYTECODE: '1',
  TURBO_FORCE: 'true',
  NX_SKIP_NX_CACHE: 'true',
};
