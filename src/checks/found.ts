import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { Check } from '../core/checks/check.ts';
import { discoverChecks, DISCOVERY_FILES } from '../core/checks/discovery.ts';
import { readCarefully } from '../files/careful-read.ts';

/** The checks of a folder by what is usual for its tools. Only reads. */
export function foundChecks(workspace: string): readonly Check[] {
  const files = DISCOVERY_FILES.map((name) => [name, textOf(path.join(workspace, name))] as const);
  return discoverChecks({ names: readdirSync(workspace), files: Object.fromEntries(files) });
}

/** Nothing waits for a pipe, or reads a mountain. */
function textOf(file: string): string | undefined {
  return readCarefully(file, { followLinks: true })?.toString();
}
