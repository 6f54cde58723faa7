import { featuresFound, featuresUpTo, runTests } from './checks.ts';
import { producerText, questionText } from './final-text.ts';
import type { Hands } from './hands.ts';
import {
  FEATURES,
  SCRIPT,
  scriptText,
  TEST_RUNNER,
  TEST_RUNNER_TEXT,
  testFile,
  testNames,
  testText,
} from './project.ts';
import { QUESTION, SUPPOSITION } from './question.ts';
import type { RehearsedTurn } from './turn.ts';

/**
 * The implement producer. Three things go wrong on purpose: the first try at to-roman lacks the subtractive forms, which the
 * reviewer finds; from-roman begins with a question, and then breaks to-roman while its notes say that every test passes, which
 * the project's check finds.
 */
export function implement(turn: RehearsedTurn, hands: Hands): string {
  if (turn.phase === 'from-roman' && turn.cycle === 1 && !isAnswered(turn, hands)) return ask(turn);
  const found = featuresFound(hands);
  const wanted = featuresUpTo(turn.phase);
  const features = FEATURES.filter((feature) => found.includes(feature) || wanted.includes(feature));
  const firstTry = turn.phase === 'to-roman' && turn.cycle === 1 && found.length === 0;
  const lies = turn.phase === 'from-roman' && turn.cycle === 1;
  hands.write(SCRIPT, scriptText(features, !firstTry && !lies));
  const example = firstTry ? '3' : '1994';
  const { output } = hands.run(`sh ${SCRIPT} ${example}`);
  const validation = lies ? 'every test passes' : `\`sh ${SCRIPT} ${example}\` prints ${output.trim()}`;
  hands.write(`${turn.bundle}/implementation_notes.md`, notes(turn, validation));
  if (turn.phase === 'from-roman' && turn.cycle === 1) {
    hands.append(turn.decisions, '--from takes standard forms only: IIII and IC are refused with status 2.\n');
  }
  return producerText({
    scope: `Phase ${turn.phase ?? '-'}, cycle ${turn.cycle}.`,
    analyzed: turn.cycle === 1 ? 'The plan and what is there.' : 'The reviewer’s findings in feedback.md.',
    did: turn.cycle === 1 ? `${SCRIPT}.` : `${SCRIPT}: the subtractive forms are there, what was found is resolved.`,
    findings: `${validation}.`,
    next: 'Review.',
  });
}

/** The test producer: writes the tests of the phase and those before it, and runs them all. */
export function test(turn: RehearsedTurn, hands: Hands): string {
  const features = featuresUpTo(turn.phase);
  hands.write(TEST_RUNNER, TEST_RUNNER_TEXT);
  for (const feature of features) hands.write(testFile(feature), testText(feature));
  const { output } = runTests(hands);
  const map = features.map((feature) => `- ${feature}: \`${testFile(feature)}\``);
  const strategy = [
    '# Test strategy of a scripted rehearsal',
    '',
    ...map,
    '',
    `\`sh ${TEST_RUNNER}\` said:`,
    '',
    '```',
    output.trimEnd(),
    '```',
    '',
  ];
  hands.write(`${turn.bundle}/test_strategy.md`, strategy.join('\n'));
  const shown = features.at(-1);
  if (shown !== undefined) {
    hands.write(`${turn.bundle}/acceptance_evidence.yaml`, `AC-1: {tests: ${JSON.stringify(testNames(shown))}}\n`);
  }
  return producerText({
    scope: `Phase ${turn.phase ?? '-'}, cycle ${turn.cycle}.`,
    analyzed: `${SCRIPT} and the phase’s acceptance criteria.`,
    did: `${features.map(testFile).join(', ')} and ${TEST_RUNNER}.`,
    findings: `The tests were run: ${lastLine(output)}.`,
    next: 'Review of the tests.',
  });
}

/** An answer is in the ledger as soon as it was given, and in the prompt of the next turn. */
function isAnswered({ decisions, prompt }: RehearsedTurn, hands: Hands): boolean {
  const gist = QUESTION.slice(0, QUESTION.indexOf('?') + 1);
  return hands.read(decisions).includes(gist) || prompt.includes(gist);
}

function ask(turn: RehearsedTurn): string {
  const summary = {
    scope: `Phase ${turn.phase ?? '-'}, cycle ${turn.cycle}.`,
    analyzed: 'Which numerals `--from` has to read.',
    did: 'Nothing yet.',
    findings: 'The request does not say whether unusual forms count as numerals.',
    next: 'An answer.',
  };
  return questionText(summary, QUESTION, SUPPOSITION);
}

function notes(turn: RehearsedTurn, validation: string): string {
  return [
    '# Implementation notes of a scripted rehearsal',
    '',
    `- Phase: ${turn.phase ?? '-'}, cycle ${turn.cycle}`,
    `- File: ${SCRIPT} (to_roman, from_roman where the phase asks for it)`,
    '- Assumption: numerals are written in capital letters',
    `- Validation: ${validation}`,
    '',
  ].join('\n');
}

function lastLine(output: string): string {
  return output.trimEnd().split('\n').at(-1) ?? '';
}
