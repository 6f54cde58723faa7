import type { Git } from './git.ts';

const HOUR_S = 3600;

/** The value of `gc.pruneExpire` where it is under an hour; null: it is not, or not set. */
export async function pruneExpire(git: Git): Promise<string | null> {
  const args = ['config', '--get', 'gc.pruneExpire'];
  const plain = await git.run(args);
  if (plain.code !== 0) return null;
  const read = await git.run(['config', '--type=expiry-date', '--get', 'gc.pruneExpire']);
  const time = Number(read.out.toString().trim());
  const isSoon = read.code === 0 && time > Date.now() / 1000 - HOUR_S;
  return isSoon ? plain.out.toString().trim() : null;
}
