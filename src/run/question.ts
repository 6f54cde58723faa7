import type { Clarification } from '../core/events.ts';
import type { FromCommand } from '../core/steering-events.ts';
import type { QuestionPlan } from '../core/steps.ts';
import { autoAnswerPrompt } from '../prompts/auto-answer.ts';
import { callAgent } from './call.ts';
import { recordClarification } from './clarification.ts';
import { drop, waitForReply } from './commands.ts';
import { mendArtifacts, noteMended } from './mend-artifacts.ts';
import { type Loop, type Performed, STOPPED } from './loop.ts';
import { cannotStart } from './turn.ts';

/** What an automatic answerer that says nothing is taken to have said (docs/loop.md). */
const NO_AUTO_ANSWER = '[Auto-answer failed to produce content]';

/**
 * Gets the answer to an agent's question, from a person or from an agent of its own, and makes it a fact. One that a person gave with
 * the resume counts before all others, whoever is to answer otherwise.
 */
export async function answerQuestion(loop: Loop, plan: QuestionPlan): Performed {
  const { autoAnswer } = plan;
  const given = loop.ports.asker.given(plan.question);
  if (given !== null) return clarify(loop, plan, { text: given, source: 'human' });
  if (autoAnswer !== null) return clarify(loop, plan, { text: autoAnswer, source: 'auto' });
  if (loop.ports.stop.aborted) return STOPPED;
  return loop.settings.runtime.fullAutoAnswers ? answerByAgent(loop, plan) : answerByPerson(loop, plan);
}

/** An answer that was sent counts before the person at the terminal. */
async function answerByPerson(loop: Loop, plan: QuestionPlan): Performed {
  const { asker, stop } = loop.ports;
  const asked = loop.state.active?.openQuestion?.seq;
  const reply = await waitForReply(loop, {
    fits: (command) => command.kind === 'answer' && command.for === String(asked),
    ask: async (signal) => {
      const answer = await asker.ask(plan.question, signal);
      return answer.kind === 'none' ? null : answer.text;
    },
  });
  if (stop.aborted) return STOPPED;
  loop.boundary?.forget(); // while a person thought, a person may have edited
  switch (reply.kind) {
    case 'stop':
      return reply.stop;
    case 'none':
      // The question itself was asked just before, and `status` shows it.
      return { status: 'paused', reason: 'a question waits for its answer: --resume --answer TEXT' };
    case 'said':
      return clarify(loop, plan, { text: reply.said, source: 'human' });
    case 'sent': {
      const { id, by, text } = reply.command;
      const source = by === 'mcp' ? 'auto' : 'human';
      await clarify(loop, plan, { text: text ?? '', source, from: { command_id: id, by } });
      return drop(loop, id);
    }
  }
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
  const criteriaBefore = await store.artifacts.readCriteria(scope);
  const end = await callAgent(loop, {
    agent,
    scope,
    resume: null,
    totalsBefore: null,
    logFile: `${files.turns}/${String(loop.state.lastTurn).padStart(4, '0')}-${scope.pair}-auto-answer.log`,
    render: () => autoAnswerPrompt({ question, request, requestFile: files.request, rawLogFile: files.rawLog }),
    onSession: () => Promise.resolve(),
  });
  const mended = await mendArtifacts(loop, { scope, role: 'producer', criteriaBefore });
  await noteMended(loop, scope, mended.notes);
  if (end.kind === 'stopped') return end.stop;
  const { pair, phaseId } = scope;
  const where = { pair, phase_id: phaseId, phase: role, cycle, attempt } as const;
  const answer = end.report.text.trim() === '' ? NO_AUTO_ANSWER : end.report.text.trim();
  return loop.record({ event_type: 'auto_answer_finished', ...where, answer, ...end.cost });
}

interface Answer {
  readonly text: string;
  readonly source: 'human' | 'auto';
  /** The command that it came by. */
  readonly from?: FromCommand;
}

async function clarify(loop: Loop, plan: QuestionPlan, { text: answer, source, from }: Answer): Performed {
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
  return recordClarification(loop, scope, clarification, from);
}
