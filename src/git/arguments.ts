/**
 * Set for every call, because the repository's or the user's own setting would run a program, ask for something, or change
 * what is recorded. `core.hooksPath` also silences the hooks that `--no-verify` leaves running.
 */
const CONFIGURATION = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.untrackedCache=keep',
  'commit.gpgSign=false',
  'gc.auto=0',
  'maintenance.auto=false',
  'core.safecrlf=false',
  'i18n.commitEncoding=UTF-8',
  'submodule.recurse=false',
];
const PREFIX = ['--no-pager', ...CONFIGURATION.flatMap((setting) => ['-c', setting])];

/** These read `.gitmodules` of the work tree and fail on what an agent has written there, unless they are told about submodules. */
const COMPARING = new Set(['diff-tree', 'diff-index', 'show']);

/** The arguments of a call with what every call is given. None enters a submodule, or goes by what an agent says of one. */
export function wholeArguments([command = '', ...others]: readonly string[]): string[] {
  return [...PREFIX, command, ...(COMPARING.has(command) ? ['--ignore-submodules=dirty'] : []), ...others];
}
