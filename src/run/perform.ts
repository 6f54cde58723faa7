import type { Step } from '../core/steps.ts';
import { assertNever } from '../core/vocabulary.ts';
import { awaitApproval } from './approval.ts';
import { readAudit } from './audit.ts';
import { makeCheckpoint } from './checkpoint.ts';
import { nameUndelivered } from './commands.ts';
import { performChecks, reportEvidence } from './checks/perform.ts';
import type { Loop, Performed } from './loop.ts';
import { openPair, selectRunPhases } from './phases.ts';
import { answerQuestion } from './question.ts';
import { recoverEdits } from './recover.ts';
import { takeTurn } from './turn.ts';

/** Does one step of a run and makes what it led to a fact: the program's table of contents. */
export async function perform(loop: Loop, step: Exclude<Step, { do: 'stop' }>): Performed {
  switch (step.do) {
    case 'record':
      return loop.record(step.event);
    case 'select_phases':
      return selectRunPhases(loop);
    case 'open_pair':
      return openPair(loop, step.scope);
    case 'take_turn':
      return takeTurn(loop, step);
    case 'recover_edits':
      return recoverEdits(loop, step.scope, step.turn);
    case 'checkpoint':
      return loop.record(await makeCheckpoint(loop, step.checkpoint));
    case 'answer':
      return answerQuestion(loop, step);
    case 'await_approval':
      return awaitApproval(loop, step.asked);
    case 'check':
      return performChecks(loop, step);
    case 'report_evidence':
      return reportEvidence(loop);
    case 'read_audit_result':
      return loop.record(await readAudit(loop));
    case 'schedule_followup': {
      const facts = followupFacts(loop.ports.newRunId(), step);
      return loop.record({ event_type: 'auto_followup_scheduled', pair: 'audit', ...facts });
    }
    case 'launch_followup':
      return loop.record({ event_type: 'auto_followup_launched', ...followupFacts(step.runId, step) });
    case 'finish':
      return nameUndelivered(loop, step);
    default:
      return assertNever(step, 'step');
  }
}

function followupFacts(runId: string, { depth, maxDepth }: { depth: number; maxDepth: number }) {
  return { followup_run_id: runId, followup_depth: depth, auto_followup_max_depth: maxDepth };
}
