import { STATE_FOLDER } from './state-folder.ts';

export type AuditVerdict =
  | { readonly kind: 'clean' | 'gaps'; readonly summary: string }
  /** `error` is one sentence for the next audit cycle; it names every fault. */
  | { readonly kind: 'invalid'; readonly error: string };

/** What an audit left behind; null for a file that is not there. */
export interface AuditOutput {
  /** Text of audit_result.json. */
  readonly resultText: string | null;
  readonly revisedRequest: string | null;
  readonly gapReport: string | null;
  /** Absolute path of this run's revised_request.md. */
  readonly revisedRequestPath: string;
}

/** What the artifacts hold before the audit, as release 0.1.5 seeded them: it does not count as content. */
export const AUDIT_SEEDS = {
  'gap_report.md': '# gap_report.md\n',
  'revised_request.md': '# revised_request.md\n',
  'audit_result.json': '{}\n',
} as const;

/** Reads the result of an audit (docs/protocol.md). */
export function judgeAudit(output: AuditOutput): AuditVerdict {
  const result = readResult(output.resultText);
  const errors = [
    ...(typeof result === 'string' ? [result] : faultsOf(result, output.revisedRequestPath)),
    ...(hasContent(output.revisedRequest, 'revised_request.md') ? [] : ['revised_request.md has no content']),
    ...(hasContent(output.gapReport, 'gap_report.md') ? [] : ['gap_report.md has no content']),
  ];
  if (typeof result === 'string' || errors.length > 0) return { kind: 'invalid', error: errors.join('; ') };
  return { kind: result.gaps === true ? 'gaps' : 'clean', summary: String(result.summary).trim() };
}

/** The three keys, unchecked. */
interface RawResult {
  readonly gaps: unknown;
  readonly summary: unknown;
  readonly path: unknown;
}

/** A string says what is wrong with the file as a whole. */
function readResult(text: string | null): RawResult | string {
  if (text === null) return 'audit_result.json is missing';
  const content = text.replace(/^\uFEFF/, '').trim();
  if (content === '' || content === AUDIT_SEEDS['audit_result.json'].trim())
    return 'audit_result.json has not been written';
  let document: unknown;
  try {
    document = JSON.parse(content);
  } catch {
    return 'audit_result.json is not valid JSON';
  }
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    return 'audit_result.json must hold a JSON object';
  }
  const fields = new Map<string, unknown>(Object.entries(document));
  return {
    gaps: fields.get('material_gaps_found'),
    summary: fields.get('summary'),
    path: fields.get('revised_request_path'),
  };
}

function faultsOf({ gaps, summary, path }: RawResult, revisedRequestPath: string): string[] {
  const faults: string[] = [];
  if (typeof gaps !== 'boolean') faults.push('material_gaps_found in audit_result.json must be true or false');
  if (typeof summary !== 'string' || summary.trim() === '') {
    faults.push('summary in audit_result.json must be a non-empty string');
  }
  if (typeof path !== 'string' || !pointsAt(path.trim(), revisedRequestPath)) {
    faults.push(`revised_request_path in audit_result.json must be ${revisedRequestPath}`);
  }
  return faults;
}

function hasContent(text: string | null, name: keyof typeof AUDIT_SEEDS): boolean {
  const content = (text ?? '').replace(/^\uFEFF/, '').trim();
  return content !== '' && content !== AUDIT_SEEDS[name].trim();
}

/**
 * Agents give the path from the workspace, the run or deeper: a relative one must be an end of the file's, with a folder in it. An
 * absolute one may begin elsewhere (a symbolic link, a container, a workspace that was moved) if it is the same from the state's folder on.
 */
function pointsAt(path: string, file: string): boolean {
  const given = segmentsOf(path);
  const wanted = segmentsOf(file);
  if (!isAbsolute(path)) return given.length > 1 && endsWith(wanted, given);
  const state = wanted.lastIndexOf(STATE_FOLDER);
  return given.join('/') === wanted.join('/') || (state !== -1 && endsWith(given, wanted.slice(state)));
}

function isAbsolute(path: string): boolean {
  return /^(?:[a-z]:)?[/\\]/i.test(path);
}

/** Without empty and `.` segments; `..` takes its parent away. */
function segmentsOf(path: string): string[] {
  const segments: string[] = [];
  for (const segment of path.split(/[/\\]/)) {
    if (segment === '..' && segments.length > 0 && segments.at(-1) !== '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(segment);
  }
  return segments;
}

function endsWith(whole: readonly string[], end: readonly string[]): boolean {
  return (
    end.length <= whole.length && end.every((segment, index) => segment === whole[whole.length - end.length + index])
  );
}
