import { TestCollector, type TestOutcome } from '../../core/checks/results.ts';
import { idOf, type Parsed, withoutTree } from './parsed.ts';

interface JestDocument {
  readonly testResults?: readonly {
    readonly name?: string;
    readonly status?: string;
    readonly assertionResults?: readonly {
      readonly title?: string;
      readonly ancestorTitles?: readonly string[];
      readonly status?: string;
    }[];
  }[];
}

/** Reads jest's JSON document. A file that fails before its first test is a failed test of its own. */
export function parseJest(text: string, root: string): Parsed {
  const found = new TestCollector();
  try {
    const { testResults } = JSON.parse(text) as JestDocument;
    if (testResults === undefined) return { found, unreadable: 'its results are not a document of jest' };
    for (const suite of testResults) {
      const file = withoutTree(suite.name ?? '', root);
      const tests = suite.assertionResults ?? [];
      for (const { title = '', ancestorTitles = [], status } of tests) {
        found.add(idOf(file, ...ancestorTitles, title), outcomeOf(status), file);
      }
      if (suite.status === 'failed' && !tests.some(({ status }) => status === 'failed')) {
        found.add(idOf(file, '[file]'), 'failed', file);
      }
    }
  } catch (error) {
    return {
      found,
      unreadable: `its results cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
  return { found, unreadable: null };
}

function outcomeOf(status: string | undefined): TestOutcome {
  if (status === 'passed') return 'passed';
  return status === 'failed' ? 'failed' : 'skipped';
}
