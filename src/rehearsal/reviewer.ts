import { failedCases, featuresUpTo, runTests } from './checks.ts';
import { LABEL, verifierText } from './final-text.ts';
import type { Hands } from './hands.ts';
import { SCRIPT, TEST_RUNNER } from './project.ts';
import type { RehearsedTurn } from './turn.ts';

/** What a review found: the evidence for the feedback file, and whether anything stands in the way. */
interface Review {
  readonly reviewed: string;
  /** Blocking findings, one a line, without their ids. */
  readonly findings: readonly string[];
}

const PREFIX = { plan: 'PLAN', implement: 'IMP', test: 'TST', audit: 'AUD' } as const;

/** Every verifier: judges by running the code or reading the files, then ticks the criteria or sends the work back. */
export function review(turn: RehearsedTurn, hands: Hands): string {
  const reviewPair = { plan: reviewPlan, implement: reviewCode, test: reviewTests, audit: reviewAudit }[turn.pair];
  const { reviewed, findings } = reviewPair(turn, hands);
  const lines = findings.map(
    (finding, at) => `- ${PREFIX[turn.pair]}-${String(at + 1).padStart(3, '0')} (blocking): ${finding}`,
  );
  const verdict =
    findings.length > 0 ? lines.join('\n') : turn.cycle > 1 ? 'The earlier findings are resolved.' : 'No findings.';
  hands.append(turn.feedback, `\n## Cycle ${turn.cycle}\n\n${LABEL} ${reviewed}\n\n${verdict}\n`);
  if (findings.length === 0)
    hands.write(turn.criteria, hands.read(turn.criteria).replace(/^(\s*[-*]\s)\[ \]/gm, '$1[x]'));
  return verifierText(
    {
      scope: `${turn.pair}${turn.phase === null ? '' : `, phase ${turn.phase}`}, cycle ${turn.cycle}.`,
      analyzed: 'What is there now, by running it.',
      did: reviewed,
      findings: verdict,
      next: findings.length === 0 ? 'None.' : 'The producer resolves the findings.',
    },
    findings.length === 0 ? 'COMPLETE' : 'INCOMPLETE',
  );
}

function reviewPlan(turn: RehearsedTurn, hands: Hands): Review {
  const phases = [...hands.read(`${turn.bundle}/phase_plan.yaml`).matchAll(/^\s*(?:- )?phase_id: (.+)$/gm)].map(
    (match) => match[1] ?? '',
  );
  const findings = phases.length === 0 ? ['phase_plan.yaml has no phases.'] : [];
  return { reviewed: `plan.md and phase_plan.yaml: ${phases.join(', ')}.`, findings };
}

function reviewCode(turn: RehearsedTurn, hands: Hands): Review {
  const failed = failedCases(hands, featuresUpTo(turn.phase));
  const evidence = failed.map(({ command, wanted, found }) => `\`${command}\` gives ${found}, not ${wanted}`);
  const findings =
    failed.length === 0
      ? []
      : [`${SCRIPT} is wrong in ${failed.length} of the calls that were tried:\n  - ${evidence.join('\n  - ')}`];
  return { reviewed: `${SCRIPT}, called as the phase’s acceptance criteria say.`, findings };
}

function reviewTests(_: RehearsedTurn, hands: Hands): Review {
  const { passed, output } = runTests(hands);
  return {
    reviewed: `The tests, by \`sh ${TEST_RUNNER}\`.`,
    findings: passed ? [] : [`the tests do not pass:\n\n${output}`],
  };
}

function reviewAudit(turn: RehearsedTurn, hands: Hands): Review {
  const claimed = /"material_gaps_found": true/.test(hands.read(`${turn.bundle}/audit_result.json`));
  const gaps = failedCases(hands, featuresUpTo(null)).length > 0;
  const findings = claimed === gaps ? [] : ['audit_result.json does not say what the code does.'];
  return { reviewed: 'audit_result.json and gap_report.md, against the code.', findings };
}
