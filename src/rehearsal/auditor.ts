import { failedCases, runTests, type Failed } from './checks.ts';
import { LABEL, producerText } from './final-text.ts';
import type { Hands } from './hands.ts';
import { FEATURES, SCRIPT, TEST_RUNNER } from './project.ts';
import type { RehearsedTurn } from './turn.ts';

/** The audit producer: tries everything that the project promises, and reports what it does not keep. */
export function audit(turn: RehearsedTurn, hands: Hands): string {
  const failed = failedCases(hands, FEATURES);
  const tests = runTests(hands);
  const gaps = failed.length > 0;
  const lacking = FEATURES.filter((feature) => failed.some((one) => one.feature === feature));
  const summary = gaps
    ? `${SCRIPT} lacks ${lacking.join(', ')}: ${failed.length} calls do not do what was asked for.`
    : `${SCRIPT} does all that was asked for.`;
  hands.write(`${turn.bundle}/gap_report.md`, gapReport(failed, tests.output));
  hands.write(`${turn.bundle}/revised_request.md`, revisedRequest(failed));
  const result = { material_gaps_found: gaps, summary, revised_request_path: `${turn.bundle}/revised_request.md` };
  hands.write(`${turn.bundle}/audit_result.json`, `${JSON.stringify(result, null, 2)}\n`);
  return producerText({
    scope: 'The rehearsal’s project as a whole.',
    analyzed: `${SCRIPT}, by calling it, and its tests.`,
    did: 'gap_report.md, revised_request.md and audit_result.json.',
    findings: summary,
    next: gaps ? 'A follow-up run closes the gap.' : 'None.',
  });
}

function gapReport(failed: readonly Failed[], testOutput: string): string {
  const gaps = failed.map(({ command, wanted, found }) => `- \`${command}\` gives ${found}; it should give ${wanted}.`);
  return [
    '# Gap report of a scripted rehearsal',
    '',
    '## Intent',
    '',
    '1. Numbers from 1 to 3999 are converted to Roman numerals.',
    '2. Roman numerals are converted to numbers with --from.',
    '3. Everything else is refused with one line on standard error and status 2.',
    '',
    '## Evidence',
    '',
    `\`sh ${TEST_RUNNER}\`: ${testOutput.trimEnd()}`,
    '',
    '## Material gaps',
    '',
    ...(gaps.length === 0 ? ['none'] : gaps),
    '',
    '## Minor differences',
    '',
    'none',
    '',
  ].join('\n');
}

function revisedRequest(failed: readonly Failed[]): string {
  if (failed.length === 0)
    return `${LABEL} ${SCRIPT} converts numbers and Roman numerals and refuses bad input. Nothing remains to be done.\n`;
  return [
    `${LABEL} ${SCRIPT} is to convert numbers from 1 to 3999 to Roman numerals, and back with --from.`,
    'Everything else it is to refuse: one line on standard error, nothing on standard output, exit status 2.',
    'These calls do not do that yet, and must:',
    '',
    ...failed.map(({ command, wanted }) => `- \`${command}\`: ${wanted}`),
    '',
    `What works today must go on working, nothing but a POSIX shell may be needed, and \`sh ${TEST_RUNNER}\` must cover these calls.`,
    '',
  ].join('\n');
}
