import { redactTokens } from '../core/redact.ts';
import { screenLine } from '../core/screen.ts';
import { STATE_FOLDER } from '../core/state-folder.ts';
import type { Deed } from '../providers/provider.ts';

/**
 * A deed in a few words, safe for a terminal, and without what has the shape of a secret: whoever runs us may keep our output in a file.
 * `workspace` is taken off the paths that agents name; a file of the run itself is shown by its place in the run's folder,
 * `…/artifacts/plan/plan.md`.
 */
export function deedText({ kind, text }: Deed, workspace: string): string {
  const here = text.replaceAll(`${workspace}/`, '');
  const shown =
    kind === 'file'
      ? here.startsWith(`${STATE_FOLDER}/`)
        ? here.replace(/^[^/]+\/tasks\/[^/]+\/runs\/[^/]+\//, '…/')
        : here
      : here;
  return `${VERBS[kind]}${screenLine(redactTokens(shown), 200)}`;
}

const VERBS: Readonly<Record<Deed['kind'], string>> = {
  command: 'runs ',
  file: 'changes ',
  message: 'says ',
  notice: '',
};
