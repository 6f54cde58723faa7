import path from 'node:path';
import { readTurn, type RehearsedTurn } from '../../src/rehearsal/turn.ts';
import type { Deed, ModelCall, Reply } from './mock/api.ts';

/**
 * A model that works through a small task as Autoloop's prompts ask: the deeds of a turn first, one tool call after the other,
 * then its final text. The reviewer of the code sends the first cycle back.
 */
export function work(call: ModelCall): Reply {
  const turn = turnOf(call);
  if (turn === null) throw new Error(`a call about no turn: ${call.userTexts.at(-1) ?? ''}`);
  const deed = deedsOf(turn)[call.toolResults.length];
  return deed === undefined ? { say: finalText(turn) } : { do: deed };
}

/** The turn whose prompt came last; null when the call is about none. */
export function turnOf(call: ModelCall): RehearsedTurn | null {
  return readTurn(promptOf(call));
}

/** The prompt of Autoloop that came last. */
export function promptOf(call: ModelCall): string {
  return call.userTexts.findLast((text) => text.includes('LOOP PAIR: ')) ?? '';
}

export const GREETING = 'echo "Hello, ${1:-world}."\n';

function deedsOf(turn: RehearsedTurn): Deed[] {
  if (turn.role === 'verifier') return isSentBack(turn) ? [findings(turn, 'IMP-001')] : [approve(turn)];
  switch (turn.pair) {
    case 'plan':
      return [artifact(turn, 'plan.md', '# Plan\n\n1. greet.sh prints a greeting.'), planPhases(turn)];
    case 'implement':
      return turn.cycle === 1
        ? [
            { create: path.join(turn.workspace, 'greet.sh'), text: GREETING.replace('.', '') },
            artifact(turn, 'implementation_notes.md', '# Notes\n\ngreet.sh: done.'),
          ]
        : [{ run: `sed -i 's/}"/}."/' greet.sh && sh greet.sh` }];
    case 'test':
      return [
        { create: path.join(turn.workspace, 'greet.test.sh'), text: 'test "$(sh greet.sh you)" = "Hello, you."\n' },
        { run: 'sh greet.test.sh && echo passed' },
        artifact(turn, 'test_strategy.md', '# Tests\n\ngreet.test.sh: the greeting.'),
      ];
    case 'audit':
      return [
        artifact(turn, 'gap_report.md', '# Gap report\n\nNo gaps.'),
        artifact(turn, 'revised_request.md', 'Delivered: greet.sh. Nothing remains.'),
        artifact(turn, 'audit_result.json', auditResult(turn)),
      ];
  }
}

function finalText(turn: RehearsedTurn): string {
  const did = `The ${turn.role} of ${turn.pair} is done.`;
  return turn.role === 'producer' ? did : `${did}\n\n${control(isSentBack(turn) ? 'INCOMPLETE' : 'COMPLETE')}`;
}

function control(promise: 'COMPLETE' | 'INCOMPLETE'): string {
  const content = { schema: 'docloop.loop_control/v1', kind: 'promise', promise };
  return `<loop-control>\n${JSON.stringify(content)}\n</loop-control>`;
}

function isSentBack(turn: RehearsedTurn): boolean {
  return turn.pair === 'implement' && turn.cycle === 1;
}

function approve({ criteria }: RehearsedTurn): Deed {
  return { run: `sed -i 's/^- \\[ \\]/- [x]/' '${criteria}'` };
}

function findings({ feedback, cycle }: RehearsedTurn, finding: string): Deed {
  return { run: `printf '\\n## Cycle ${cycle}\\n\\n- ${finding} (blocking): no full stop\\n' >>'${feedback}'` };
}

/** Artifacts are there already, as seeds. */
function artifact({ bundle }: RehearsedTurn, name: string, text: string): Deed {
  return { run: `cat >'${bundle}/${name}' <<'END'\n${text}\nEND` };
}

function auditResult({ bundle }: RehearsedTurn): string {
  const revised = `${bundle}/revised_request.md`;
  return JSON.stringify({ material_gaps_found: false, summary: 'It greets.', revised_request_path: revised });
}

function planPhases({ bundle }: RehearsedTurn): Deed {
  const file = `'${bundle}/phase_plan.yaml'`;
  return { run: `sed -i '/^phases:/,$d' ${file} && cat >>${file} <<'END'\n${PHASES}END` };
}

const PHASES = `phases:
  - phase_id: greet
    title: Greet
    objective: greet.sh greets
    status: planned
    in_scope: [greet.sh]
    out_of_scope: []
    dependencies: []
    acceptance_criteria:
      - { id: AC-1, text: "greet.sh you prints Hello, you." }
    deliverables: [greet.sh]
    risks: []
    rollback: []
`;
