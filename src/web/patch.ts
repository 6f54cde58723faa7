import { execFile } from 'node:child_process';

const MOST_BYTES = 1_000_000;
const LONGEST_MS = 10_000;

/**
 * What a commit changed outside the state, as a unified diff. Nothing that the repository configures is run: no external diff, no
 * text conversion, no file system monitor. Rejects when git fails or takes too long.
 */
export function patchOf(
  workspace: string,
  commit: string,
): Promise<{ readonly text: string; readonly isCut: boolean }> {
  const args = [
    ...['--no-pager', '-c', 'core.fsmonitor=false', '-c', 'diff.external='],
    ...[
      'show',
      '--format=',
      '--no-color',
      '--no-ext-diff',
      '--no-textconv',
      '--find-renames',
      '--ignore-submodules=all',
    ],
    ...['--end-of-options', commit, '--', '.', ':(exclude,top).autoloop', ':(exclude).autoloop'],
  ];
  const options = {
    cwd: workspace,
    maxBuffer: MOST_BYTES,
    timeout: LONGEST_MS,
    env: { ...process.env, GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0' },
  };
  return new Promise((resolve, reject) => {
    execFile('git', args, options, (error, text) => {
      const isCut = error?.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER';
      if (error !== null && !isCut) reject(new Error('git show failed', { cause: error }));
      else resolve({ text: text.slice(0, MOST_BYTES), isCut });
    });
  });
}
