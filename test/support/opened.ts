import path from 'node:path';

/**
 * What was opened, made or renamed below a folder, by a trace of `strace -f -y`: relative names, whether they were there or not.
 * Names by way of a descriptor (`/proc/self/fd/7/name`) are those of the folder that the process had opened as it.
 */
export function openedBelow(folder: string, trace: string): readonly string[] {
  const descriptors = new Map<string, string>();
  const found = new Set<string>();
  for (const line of trace.split('\n')) {
    const pid = /^(\d+)/.exec(line)?.[1] ?? '';
    for (const [, name = ''] of line.matchAll(/"((?:[^"\\]|\\.)*)"/g)) {
      const place = name.replace(
        /^\/proc\/self\/fd\/(\d+)/,
        (way, number: string) => descriptors.get(`${pid} ${number}`) ?? way,
      );
      const inside = path.relative(folder, path.resolve(folder, place));
      if (inside !== '' && !inside.startsWith('..')) found.add(inside);
    }
    const opened = / = (\d+)<([^>]*)>$/.exec(line);
    if (opened !== null) descriptors.set(`${pid} ${opened[1] ?? ''}`, opened[2] ?? '');
  }
  return [...found];
}
