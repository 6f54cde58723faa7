import { featuresFound } from './checks.ts';
import { producerText } from './final-text.ts';
import type { Hands } from './hands.ts';
import { FEATURES, PROJECT_FOLDER, SCRIPT, TEST_RUNNER, type Feature } from './project.ts';
import type { RehearsedTurn } from './turn.ts';

/**
 * The plan producer. In a workspace without the project it plans two phases and overlooks the refusals, so that the audit
 * has a gap to find; later it plans what the code in the workspace lacks.
 */
export function plan(turn: RehearsedTurn, hands: Hands): string {
  const found = featuresFound(hands);
  const missing = FEATURES.filter((feature) => !found.includes(feature));
  const isNew = !hands.exists(SCRIPT);
  const phases: readonly Feature[] = isNew ? ['to-roman', 'from-roman'] : missing.length > 0 ? missing : ['refusals'];
  hands.write(`${turn.bundle}/plan.md`, planText(phases));
  const file = `${turn.bundle}/phase_plan.yaml`;
  const kept = hands.read(file).split(/^phases:/m)[0] ?? '';
  hands.write(
    file,
    `${kept}phases:\n${phases.map((feature, at) => phaseEntry(feature, phases.slice(0, at))).join('')}`,
  );
  if (turn.cycle === 1) {
    hands.append(turn.decisions, `The project lives in ${PROJECT_FOLDER}/ and needs nothing but a POSIX shell.\n`);
  }
  return producerText({
    scope: 'The rehearsal’s own project; a scripted agent does not read the request.',
    analyzed: isNew
      ? `${SCRIPT} does not exist yet.`
      : `${SCRIPT} exists; missing: ${missing.join(', ') || 'nothing'}.`,
    did: `plan.md, and phase_plan.yaml with ${phases.length === 1 ? 'one phase' : `${phases.length} phases`}: ${phases.join(', ')}.`,
    findings: 'Each phase is proven by calls of the script.',
    next: 'Review of the plan.',
  });
}

interface Description {
  readonly title: string;
  readonly objective: string;
  readonly criterion: string;
}

const DESCRIPTIONS: Readonly<Record<Feature, Description>> = {
  'to-roman': {
    title: 'Numbers to Roman numerals',
    objective: 'roman.sh NUMBER prints the Roman numeral of a number from 1 to 3999',
    criterion: 'roman.sh 1994 prints MCMXCIV',
  },
  'from-roman': {
    title: 'Roman numerals to numbers',
    objective: 'roman.sh --from NUMERAL prints the number of a Roman numeral',
    criterion: 'roman.sh --from MCMXCIV prints 1994',
  },
  refusals: {
    title: 'Bad input is refused',
    objective: 'What is no number from 1 to 3999, and no Roman numeral, is refused',
    criterion: 'roman.sh 4000 prints one line on standard error and exits with status 2',
  },
};

function planText(phases: readonly Feature[]): string {
  const milestones = phases.map(
    (feature, at) => `${at + 1}. ${DESCRIPTIONS[feature].title}: ${DESCRIPTIONS[feature].criterion}.`,
  );
  return [
    '# Plan of a scripted rehearsal',
    '',
    'This plan was not made by a model. It is the same in every workspace.',
    '',
    '## Milestones',
    '',
    ...milestones,
    '',
    '## Interfaces',
    '',
    `${SCRIPT}, called with sh; tests by \`sh ${TEST_RUNNER}\`.`,
    '',
    '## Compatibility and risks',
    '',
    `Nothing outside ${PROJECT_FOLDER}/ is touched. The calls that work today keep their output.`,
    '',
  ].join('\n');
}

function phaseEntry(feature: Feature, earlier: readonly Feature[]): string {
  const { title, objective, criterion } = DESCRIPTIONS[feature];
  return [
    `  - phase_id: ${feature}`,
    `    title: ${title}`,
    `    objective: ${JSON.stringify(objective)}`,
    '    status: planned',
    `    in_scope: [${PROJECT_FOLDER}/]`,
    '    out_of_scope: []',
    `    dependencies: [${earlier.join(', ')}]`,
    '    acceptance_criteria:',
    `      - { id: AC-1, text: ${JSON.stringify(criterion)} }`,
    `    deliverables: [${SCRIPT}, ${PROJECT_FOLDER}/tests/${feature}.test.sh]`,
    '    risks: []',
    '    rollback: []',
    '',
  ].join('\n');
}
