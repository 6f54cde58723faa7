import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Rig } from '../support/rig.ts';
import { commandUnderTest } from '../support/sandbox.ts';

/** Puts the program under test on the PATH of the rig, as `autoloop`. */
export function putOnPath(rig: Rig): void {
  const { file, args } = commandUnderTest();
  const program = path.join(rig.sandbox.root, 'bin/autoloop');
  writeFileSync(program, `#!/bin/sh\nexec ${[file, ...args].map((word) => `'${word}'`).join(' ')} "$@"\n`);
  chmodSync(program, 0o755);
}
