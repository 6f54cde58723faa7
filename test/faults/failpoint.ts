import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Rig } from '../support/rig.ts';

/**
 * The program dies (SIGKILL) at its first git command after `pattern` (of grep) is in an event log, once: a git before the real one on
 * PATH sees to it. A failure at an exact place, without a hook in the product.
 */
export function dieAtGitAfter(rig: Rig, pattern: string): void {
  const bin = path.join(rig.sandbox.root, 'bin', 'git');
  const done = path.join(rig.sandbox.root, 'died');
  const script = [
    '#!/bin/sh',
    `if [ ! -e '${done}' ] && grep -qs '${pattern}' '${rig.workspace}'/.autoloop/tasks/*/runs/*/events.jsonl; then`,
    `  : > '${done}'; kill -9 $PPID; exit 1`,
    'fi',
    'PATH=${PATH#*:} exec git "$@"',
    '',
  ];
  writeFileSync(bin, script.join('\n'));
  chmodSync(bin, 0o755);
}
