import { TestCollector } from '../../core/checks/results.ts';
import { idOf, type LineParser, withoutTree } from './parsed.ts';

/** `path:line[:column]: text`, and `path(line,column): text` as some compilers write it. */
const PROBLEM = /^(?<path>[^\s:(][^:(]*)(?::\d+(?::\d+)?:|\(\d+(?:,\d+)?\):)\s*(?<text>\S.*)$/;

/** Reads the lines of a linter or compiler. Each is a failed test; lines are counted without their numbers, which edits move. */
export function problemParser(root: string): LineParser {
  const found = new TestCollector();
  const seen = new Map<string, number>();
  return {
    line(line) {
      const { path, text } = PROBLEM.exec(line)?.groups ?? {};
      if (path === undefined || text === undefined) return;
      const file = withoutTree(path, root);
      const id = idOf(file, text);
      const nth = (seen.get(id) ?? 0) + 1;
      seen.set(id, nth);
      found.add(nth === 1 ? id : `${id} (${nth})`, 'failed', file);
    },
    end: () => ({ found, unreadable: null }),
  };
}
