import { TestCollector } from '../../core/checks/results.ts';
import { idOf, type LineParser } from './parsed.ts';
import type { Parser, Result } from 'tap-parser';

/** Reads TAP as it comes. A plan that does not fit what ran, and a bail-out, are no result. */
export async function tapParser(): Promise<LineParser> {
  const { Parser: TapParser } = await import('tap-parser');
  const found = new TestCollector();
  const top = new TapParser();
  follow(top, [], found);
  return {
    line: (text) => void top.write(`${text}\n`),
    end() {
      top.end();
      return { found, unreadable: troubleOf(top, found) };
    },
  };
}

/** Tells whether a test failed in it so far. */
function follow(parser: Parser, above: readonly string[], found: TestCollector): () => boolean {
  const subtests = new Map<string, () => boolean>();
  let failed = false;
  parser.on('child', (child: Parser) => {
    subtests.set(child.name, follow(child, [...above, child.name], found));
  });
  parser.on('assert', (result: Result) => {
    const hasFailed = subtests.get(result.name);
    subtests.delete(result.name);
    failed ||= !result.ok && !result.todo && !result.skip;
    // The line that closes a subtest says nothing that its own lines do not, but where it ended before its plan did.
    if (hasFailed !== undefined && (result.ok || hasFailed())) return;
    const outcome = result.skip || result.todo ? 'skipped' : result.ok ? 'passed' : 'failed';
    found.add(idOf(...above, result.name === '' ? `#${result.id}` : result.name), outcome);
  });
  return () => failed;
}

function troubleOf(top: Parser, found: TestCollector): string | null {
  if (top.bailedOut !== false) return `it gave up: ${String(top.bailedOut)}`.slice(0, 200);
  const planned = top.planStart === -1 ? null : top.planEnd - top.planStart + 1;
  if (found.tests.size === 0) return null; // Whether there should be some is for the comparison to say.
  if (planned === null) return 'its TAP has no plan: it may have ended early';
  return planned === top.count ? null : `its TAP plans ${planned} tests, and ${top.count} ran`;
}
