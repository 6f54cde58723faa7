import type { Clarification } from '../core/events.ts';
import type { QuestionPlan } from '../core/steps.ts';
import type { Scope } from '../core/vocabulary.ts';
import { autoAnswerPrompt } from '../prompts/auto-answer.ts';
import { callAgent } from './call.ts';
import { type Loop, type Performed, STOPPED } from './loop.ts';
import { mirrorNote } from './session.ts';
import { cannotStart } from './turn.ts';

/** What an automatic answerer that says nothing is taken to have said (spec: loop.md). */
const NO_AUTO_ANSWER = '[Auto-answer failed to produce content]';

/** Gets the answer to an agent's question, from a person or from an agent of its own, and makes it a fact. */
export async function answerQuestion(loop: Loop, plan: QuestionPlan): Performed {
  const { autoAnswer } = plan;
  if (autoAnswer !== null) return clarify(loop, plan, autoAnswer, 'auto');
  if (loop.ports.stop.aborted) return STOPPED;
  return loop.settings.runtime.fullAutoAnswers ? answerByAgent(loop, plan) : answerByPerson(loop, plan);
}

async function answerByPerson(loop: Loop, plan: QuestionPlan): Performed {
  const { asker, stop } = loop.ports;
  const answer = await asker.ask(plan.question, stop);
  if (stop.aborted) return STOPPED;
  if (answer.kind === 'none') {
    // The question itself was asked just before, and `status` shows it.
    return { status: 'paused', reason: 'a question waits for its answer: --resume --answer TEXT' };
  }
  loop.boundary?.forget(); // while a person thought, a person may have edited
  return clarify(loop, plan, answer.text, 'human');
}

/** A turn of its own, in a session of its own; what it edits is the producer's, because the baseline stays as it was. */
async function answerByAgent(loop: Loop, plan: QuestionPlan): Performed {
  const refused = cannotStart(loop);
  if (refused !== null) return refused;
  const { store, agents } = loop.ports;
  const { scope, cycle, attempt, role, question } = plan;
  const agent = agents[role];
  await loop.boundary?.begin();
  const { files, request } = store;
  const end = await callAgent(loop, {
    agent,
    scope,
    resume: null,
    totalsBefore: null,
    logFile: `${files.turns}/${String(loop.state.lastTurn).padStart(4, '0')}-${scope.pair}-auto-answer.log`,
    render: () => autoAnswerPrompt({ question, request, requestFile: files.request, rawLogFile: files.rawLog }),
    onSession: () => Promise.resolve(),
  });
  if (end.kind === 'stopped') return end.stop;
  const { pair, phaseId } = scope;
  const where = { pair, phase_id: phaseId, phase: role, cycle, attempt } as const;
  const answer = end.report.text.trim() === '' ? NO_AUTO_ANSWER : end.report.text.trim();
  return loop.record({ event_type: 'auto_answer_finished', ...where, answer, ...end.cost });
}

async function clarify(loop: Loop, plan: QuestionPlan, answer: string, source: 'human' | 'auto'): Performed {
  const { scope, cycle, attempt, role, question } = plan;
  const { turnSeq, qaSeq } = await loop.ports.store.decisions.nextSequences(scope, role);
  const clarification: Clarification = {
    question,
    answer,
    source,
    pair: scope.pair,
    phase_id: scope.phaseId,
    phase: role,
    cycle,
    attempt,
    turn_seq: turnSeq,
    qa_seq: qaSeq,
  };
  await recordClarification(loop, scope, clarification);
  return null;
}

/** Makes an answer or an instruction a fact; the ledger of decisions follows from the log (`project.ts`). */
export async function recordClarification(loop: Loop, scope: Scope, clarification: Clarification): Promise<void> {
  await logClarification(loop, clarification);
  await loop.record({ event_type: 'clarified', clarification });
  await mirrorNote(loop, scope);
}

/** The raw logs get the answer before the log says that it was given: at worst a crash leaves it there twice. */
async function logClarification(loop: Loop, clarification: Clarification): Promise<void> {
  const { question, answer, source, pair, phase, cycle, attempt } = clarification;
  await loop.ports.store.appendRawLog({
    entry: 'clarification',
    ...(pair === null ? {} : { pair }),
    ...(phase === null ? {} : { phase }),
    ...(cycle === null ? {} : { cycle }),
    ...(attempt === null ? {} : { attempt }),
    source,
    body: question === null ? `Instruction:\n${answer}` : `Question:\n${question}\n\nAnswer:\n${answer}`,
  });
}
