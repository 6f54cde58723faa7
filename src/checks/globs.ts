import picomatch from 'picomatch';

/** Whether a path is one of those that the globs name. */
export function globs(list: readonly string[]): (path: string) => boolean {
  return list.length === 0 ? () => false : picomatch([...list], { dot: true });
}
