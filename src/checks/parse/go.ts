import { TestCollector, type TestOutcome } from '../../core/checks/results.ts';
import { idOf, type LineParser } from './parsed.ts';
import { ownValue } from '../../core/own-value.ts';

const OUTCOMES: Readonly<Record<string, TestOutcome>> = { pass: 'passed', fail: 'failed', skip: 'skipped' };

/** Reads `go test -json`. A package that fails without a failed test (it does not build, or exits) is a failed test of its own. */
export function goParser(): LineParser {
  const found = new TestCollector();
  const failedIn = new Set<string>();
  return {
    line(text) {
      const event = eventOf(text);
      const outcome = ownValue(OUTCOMES, event?.Action ?? '');
      if (event?.Package === undefined || outcome === undefined) return;
      if (event.Test !== undefined) {
        if (outcome === 'failed') failedIn.add(event.Package);
        found.add(idOf(event.Package, event.Test), outcome);
      } else if (outcome === 'failed' && !failedIn.has(event.Package)) {
        found.add(idOf(event.Package, '[package]'), 'failed');
      }
    },
    end: () => ({ found, unreadable: null }),
  };
}

interface GoEvent {
  readonly Action?: string;
  readonly Package?: string;
  readonly Test?: string;
}

function eventOf(text: string): GoEvent | null {
  if (!text.startsWith('{')) return null;
  try {
    return JSON.parse(text) as GoEvent;
  } catch {
    return null; // a line that a program under test printed
  }
}
