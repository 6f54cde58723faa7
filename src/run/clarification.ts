import type { Clarification } from '../core/events.ts';
import type { FromCommand } from '../core/steering-events.ts';
import type { Scope } from '../core/vocabulary.ts';
import type { Loop } from './loop.ts';
import { mirrorNote } from './session.ts';

/** Makes an answer or an instruction a fact; the ledger of decisions follows from the log (`project.ts`). `from`: the command that it came by. */
export async function recordClarification(
  loop: Loop,
  scope: Scope,
  clarification: Clarification,
  from?: FromCommand,
): Promise<null> {
  await logClarification(loop, clarification);
  await loop.record({ event_type: 'clarified', clarification, ...from });
  await mirrorNote(loop, scope);
  return null;
}

/** An instruction for the next turn, `phase` where that is known to be a verifier's. */
export async function instructionOf(
  loop: Loop,
  scope: Scope,
  { answer, phase, source }: Pick<Clarification, 'answer' | 'phase' | 'source'>,
): Promise<Clarification> {
  const { turnSeq, qaSeq } = await loop.ports.store.decisions.nextSequences(scope, 'producer');
  const place = { pair: scope.pair, phase_id: scope.phaseId, phase, cycle: null, attempt: null };
  return { question: null, answer, source, ...place, turn_seq: turnSeq, qa_seq: qaSeq };
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
