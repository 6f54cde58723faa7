/** What strace saw of one run. */
export interface SyncsAndBytes {
  /** Calls that wait for the disk, git's included. */
  readonly syncs: number;
  /** Bytes written to files below the state folder. */
  readonly bytes: number;
}

const LINE = /^(\d+) +(?:<\.\.\. )?(\w+)(?:\((?:\d+<([^>]*)>)?| resumed>)(.*)$/;

/** Reads the output of `strace -f -y`. A call that was interrupted by another process's line is in two lines. */
export function syncsAndBytes(trace: string, folder: string, strangers: ReadonlySet<string>): SyncsAndBytes {
  const unfinished = new Map<string, string>();
  let syncs = 0;
  let bytes = 0;
  for (const line of trace.split('\n')) {
    const [, pid = '', call = '', file = unfinished.get(pid) ?? '', rest = ''] = LINE.exec(line) ?? [];
    if (rest.endsWith('<unfinished ...>')) {
      unfinished.set(pid, file);
      continue;
    }
    unfinished.delete(pid);
    if (strangers.has(pid)) continue;
    const result = Number(/= (-?\d+)[^=]*$/.exec(rest)?.[1] ?? -1);
    if (/sync/.test(call)) syncs += 1;
    else if (file.startsWith(folder) && result > 0) bytes += result;
  }
  return { syncs, bytes };
}
