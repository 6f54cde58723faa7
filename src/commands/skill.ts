import { chmodSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Problem } from '../core/problem.ts';
import { SKILL } from '../prompts/assets.ts';
import { isErrno, isMissing } from '../files/disk-problem.ts';
import { replaceFile } from '../files/replace.ts';

type SkillReader = 'codex' | 'agents' | 'claude';

export interface SkillOptions {
  readonly install?: SkillReader;
  readonly overwrite?: true;
}

/** `autoloop skill`: prints the skill, or puts it where an agent looks for it. Resolves with the exit code. */
export async function skill({ install, overwrite }: SkillOptions): Promise<number> {
  if (install === undefined) {
    if (overwrite === true) throw new Problem('usage', '--overwrite goes with --install');
    process.stdout.write(SKILL);
    return 0;
  }
  const file = path.join(skillsFolder(install), 'autoloop', 'SKILL.md');
  const present = contentOf(file);
  if (present === SKILL) {
    process.stdout.write(`Already there: ${file}\n`);
    return 0;
  }
  if (present !== null && overwrite !== true) {
    throw new Problem('state', `${file} exists and is different`, 'Add --overwrite to replace it.');
  }
  await replaceFile(file, SKILL).catch((error: unknown) => {
    throw error instanceof Problem ? new Problem('state', error.message) : error; // The hint would speak of a run's state.
  });
  if (present === null) chmodSync(file, 0o644); // Like install.sh: others on the machine may read it.
  process.stdout.write(`Installed: ${file}\n`);
  return 0;
}

/** The same folders and variables as install.sh. */
function skillsFolder(reader: SkillReader): string {
  const { CODEX_SKILLS_DIR, CODEX_HOME, CODEX_AGENTS_SKILLS_DIR } = process.env;
  const home = os.homedir();
  switch (reader) {
    case 'codex':
      return path.resolve(CODEX_SKILLS_DIR || path.join(CODEX_HOME || path.join(home, '.codex'), 'skills'));
    case 'agents':
      return path.resolve(CODEX_AGENTS_SKILLS_DIR || path.join(home, '.agents', 'skills'));
    case 'claude':
      return path.join(home, '.claude', 'skills');
  }
}

/** Null when there is no such file. Throws a Problem when something there is not a readable file. */
function contentOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return null;
    throw isErrno(error) ? new Problem('state', `${file} is not a file that can be read (${error.code})`) : error;
  }
}
