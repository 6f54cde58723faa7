import { TestCollector, type TestOutcome } from '../../core/checks/results.ts';
import { idOf, type LineParser } from './parsed.ts';
import { ownValue } from '../../core/own-value.ts';

const OUTCOMES: Readonly<Record<string, TestOutcome>> = { ok: 'passed', FAILED: 'failed', ignored: 'skipped' };
const BINARY = /^\s*(?:Running (?<beside>unittests )?(?<file>\S+)|Doc-tests (?<crate>\S+))/;
const TEST = /^test (?<name>.+?)(?: - should panic)? \.\.\. (?<outcome>ok|FAILED|ignored)\b/;

/** Reads the text of `cargo test`, both of its output streams in one. */
export function cargoParser(): LineParser {
  const found = new TestCollector();
  let binary = '';
  let file: string | null = null;
  return {
    line(text) {
      const begun = BINARY.exec(text)?.groups;
      if (begun !== undefined) {
        binary = begun['file'] ?? `doc ${begun['crate'] ?? ''}`;
        file = begun['beside'] === undefined ? (begun['file'] ?? null) : null;
      }
      const { name, outcome } = TEST.exec(text)?.groups ?? {};
      // The line of a documentation test moves with every edit above it.
      const steady = name?.replace(/ \(line \d+\)/, '');
      const beside = /^(\S+\.rs) -/.exec(steady ?? '')?.[1] ?? null;
      if (steady !== undefined)
        found.add(idOf(binary, steady), ownValue(OUTCOMES, outcome ?? '') ?? 'failed', file ?? beside);
    },
    end: () => ({ found, unreadable: null }),
  };
}
