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

function follow(parser: Parser, above: readonly string[], found: TestCollector): void {
  const subtests = new Set<string>();
  parser.on('child', (child: Parser) => {
    subtests.add(child.name);
    follow(child, [...above, child.name], found);
  });
  parser.on('assert', (result: Result) => {
    // The line that closes a subtest says nothing that its own lines do not.
    if (subtests.delete(result.name)) return;
    const outcome = result.skip || result.todo ? 'skipped' : result.ok ? 'passed' : 'failed';
    found.add(idOf(...above, result.name === '' ? `#${result.id}` : result.name), outcome);
  });
}

function troubleOf(top: Parser, found: TestCollector): string | null {
  if (top.bailedOut !== false) return `it gave up: ${String(top.bailedOut)}`.slice(0, 200);
  const planned = top.planStart === -1 ? null : top.planEnd - top.planStart + 1;
  if (found.tests.size === 0) return null; // Whether there should be some is for the comparison to say.
  if (planned === null) return 'its TAP has no plan: it may have ended early';
  return planned === top.count ? null : `its TAP plans ${planned} tests, and ${top.count} ran`;
}
