import { isPhased, PAIRS } from '../core/vocabulary.ts';

/** `{{name}}` in a template: one of the turn's paths (docs/protocol.md). */
const NAMED = [
  'artifact_dir',
  'criteria_file',
  'feedback_file',
  'run_artifacts_dir',
  'run_decisions_file',
  'request_file',
  'raw_log_file',
  'events_file',
  'session_file',
] as const;

export type Placeholder =
  | { readonly kind: 'named'; readonly name: (typeof NAMED)[number] }
  /** `{{artifact:NAME}}`: an artifact of the active pair. */
  | { readonly kind: 'artifact'; readonly name: string }
  /** `{{run_artifact:REL/PATH}}`: below the run's artifacts folder. */
  | { readonly kind: 'run_artifact'; readonly path: string }
  /** `{{phase_artifact:PAIR:NAME}}`: an artifact of that pair for the active phase. */
  | { readonly kind: 'phase_artifact'; readonly pair: 'implement' | 'test'; readonly name: string };

/** The values of a turn. Absolute paths, without a slash at the end. */
export type PlaceholderValues = Readonly<Record<(typeof NAMED)[number], string>> & {
  /** Folder name of the active phase; null for a pair without phases. */
  readonly phaseKey: string | null;
};

/**
 * The text with each placeholder replaced by its value, in one pass and literally: what a value holds is never
 * expanded. A faulty placeholder is a bug, which the tests of the templates find.
 */
export function fillPlaceholders(text: string, values: PlaceholderValues): string {
  return text.replace(SHAPE, (whole, body: string) => {
    const placeholder = parsePlaceholder(body);
    if (placeholder === null) throw new Error(`unknown placeholder ${whole}`);
    return valueOf(placeholder, values);
  });
}

/** What stands between `{{` and `}}`; null if it is none of the known forms. */
export function parsePlaceholder(body: string): Placeholder | null {
  const named = NAMED.find((name) => name === body);
  if (named !== undefined) return { kind: 'named', name: named };
  const [form, first, second, ...more] = body.split(':');
  if (first === undefined || more.length > 0) return null;
  if (form === 'phase_artifact') {
    const pair = PAIRS.find((name) => name === first);
    if (pair === undefined || !isPhased(pair) || second === undefined || !SEGMENT.test(second)) return null;
    return { kind: 'phase_artifact', pair, name: second };
  }
  if (second !== undefined) return null;
  if (form === 'artifact' && SEGMENT.test(first)) return { kind: 'artifact', name: first };
  if (form === 'run_artifact' && first.split('/').every((part) => SEGMENT.test(part))) {
    return { kind: 'run_artifact', path: first };
  }
  return null;
}

/** A placeholder as it stands in a template. */
export const SHAPE = /\{\{([^{}]*)\}\}/g;
/** One part of a relative path; none begins with a dot, so neither `.` nor `..` passes. */
const SEGMENT = /^[\w-][\w.-]*$/;

function valueOf(placeholder: Placeholder, values: PlaceholderValues): string {
  switch (placeholder.kind) {
    case 'named':
      return values[placeholder.name];
    case 'artifact':
      return `${values.artifact_dir}/${placeholder.name}`;
    case 'run_artifact':
      return `${values.run_artifacts_dir}/${placeholder.path}`;
    case 'phase_artifact':
      if (values.phaseKey === null) throw new Error('a phase_artifact placeholder needs an active phase');
      return `${values.run_artifacts_dir}/${placeholder.pair}/phases/${values.phaseKey}/${placeholder.name}`;
  }
}
