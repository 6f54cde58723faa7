import type { TestChange } from './declared.ts';
import { ownValue } from '../own-value.ts';

/** What a producer says about one criterion: tests that show it, a check whose passing does, or where a reviewer should look. */
export interface CriterionEvidence {
  readonly tests: readonly string[];
  readonly check: string | null;
  readonly review: string | null;
}

/** acceptance_evidence.yaml, by criterion. */
export type EvidenceMap = ReadonlyMap<string, CriterionEvidence>;

export type ReadEvidence = { readonly map: EvidenceMap } | { readonly errors: readonly string[] };

/** Reads the parsed document; each error says the key and what is accepted. */
export function readEvidenceMap(document: unknown): ReadEvidence {
  if (document === null || document === undefined) return { map: new Map() };
  if (!isRecord(document)) return { errors: ['it must be a mapping from criterion ids to {tests, check, review}'] };
  const errors: string[] = [];
  const map = new Map<string, CriterionEvidence>();
  for (const [id, value] of Object.entries(document)) map.set(id.trim(), readEntry(id, value, errors));
  return errors.length > 0 ? { errors } : { map };
}

function readEntry(id: string, value: unknown, errors: string[]): CriterionEvidence {
  const nothing = { tests: [], check: null, review: null };
  // A bare name or list is what a hurried agent writes, and can only mean tests.
  if (typeof value === 'string' || Array.isArray(value)) return { ...nothing, tests: texts(value, id, errors) };
  if (!isRecord(value)) {
    errors.push(`${id} must be a mapping with tests, check or review`);
    return nothing;
  }
  return {
    tests: texts(value['tests'], `${id}.tests`, errors),
    check: text(value['check'], `${id}.check`, errors),
    review: text(value['review'], `${id}.review`, errors),
  };
}

function texts(value: unknown, at: string, errors: string[]): string[] {
  if (value === undefined || value === null) return [];
  const list: unknown[] = Array.isArray(value) ? value : [value];
  const named = list.filter((item): item is string | number => typeof item === 'string' || typeof item === 'number');
  if (named.length < list.length) errors.push(`${at} must be a list of test names`);
  return named.map((item) => String(item).trim()).filter((name) => name !== '');
}

function text(value: unknown, at: string, errors: string[]): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string') return value.trim() === '' ? null : value.trim();
  errors.push(`${at} must be text`);
  return null;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** test_changes of the plan, or test_changes.yaml of a producer: a list of {test, criterion, reason}. */
export function readTestChanges(value: unknown, at: string): { changes: TestChange[]; errors: string[] } {
  if (value === undefined || value === null) return { changes: [], errors: [] };
  if (!Array.isArray(value)) return { changes: [], errors: [`${at} must be a list of {test, criterion, reason}`] };
  const errors: string[] = [];
  const changes = value.map((entry: unknown, index) => {
    const of = (key: string) => {
      const found = isRecord(entry) ? ownValue(entry, key) : undefined;
      if (typeof found === 'string' && found.trim() !== '') return found.trim();
      errors.push(`${at}[${index + 1}].${key} must be a non-empty string`);
      return '';
    };
    return { test: of('test'), criterion: of('criterion'), reason: of('reason') };
  });
  return { changes, errors };
}
