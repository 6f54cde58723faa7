import { createRunner } from './runner.ts';

/** The newest commits of a repository, one `id subject` a line, for the screen; empty where there is none. */
export async function recentCommits(workspace: string, most: number): Promise<readonly string[]> {
  const output = await createRunner({ workspace }).run(workspace, ['log', `--max-count=${most}`, '--format=%h %s']);
  return output.code === 0 ? output.out.toString('utf8').trimEnd().split('\n') : [];
}
