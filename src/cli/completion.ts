import type { Command } from 'commander';
import { taskIdsOf } from '../work/worktrees/beside.ts';
import { runIdsOf } from '../work/worktrees/home.ts';
import { type Completion, completionAt } from './completion-request.ts';
import { COMPLETION_SCRIPTS, type Shell } from './completion-scripts.ts';
import { resolveWorkspace } from '../work/given-workspace.ts';

/** `autoloop completion SHELL`: prints the script that teaches the shell. */
export function completion(shell: Shell): void {
  process.stdout.write(COMPLETION_SCRIPTS[shell]);
}

/**
 * Answers the scripts: what can complete the last of `words`. Says nothing rather than fail: whoever presses a key at a prompt is
 * not to be shown an error.
 */
export function complete(program: Command, words: readonly string[]): void {
  try {
    const lines = linesOf(completionAt(program, words), words.at(-1) ?? '');
    process.stdout.write(lines.map((line) => `${line}\n`).join(''));
  } catch {
    // A workspace that is not there, a folder that cannot be read: there is nothing to offer.
  }
}

function linesOf(wanted: Completion, current: string): string[] {
  switch (wanted.kind) {
    case 'words':
      return wanted.candidates.map(({ value, description }) =>
        description === '' ? value : `${value}\t${description}`,
      );
    case 'files':
    case 'folders':
      return [`:${wanted.kind}`];
    case 'tasks':
    case 'runs': {
      const workspace = resolveWorkspace(wanted.workspace);
      const ids = wanted.kind === 'tasks' ? taskIdsOf(workspace) : runIdsOf(workspace, wanted.taskId);
      return ids.map((id) => `${wanted.prefix}${id}`).filter((value) => value.startsWith(current));
    }
  }
}
