import { Problem } from '../core/problem.ts';
import { lookUp, outsideEntries } from '../files/programs.ts';

/** The git that is called, looked up once: an agent that leaves another one later is not heard. */
export interface GitProgram {
  /** Absolute; null: there is none. */
  readonly file: string | null;
  /** PATH for git and what it starts: the absolute entries outside the work tree. */
  readonly path: string;
}

/** Looks git up outside the work tree. Throws a Problem when the only one there is lies inside: an agent may have written it. */
export function findGit(workspace: string | null, given = process.env['PATH'] ?? ''): GitProgram {
  const place = { path: given, workspace };
  const { file, refused } = lookUp('git', place);
  if (refused !== null) {
    throw new Problem(
      'git',
      `The only git on PATH is ${refused}, inside the work tree, where an agent may have written it: it is not run`,
      'Install git outside the work tree, or put the folder of the one that you trust on PATH.',
    );
  }
  return { file, path: outsideEntries(place) };
}
