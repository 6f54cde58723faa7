import { existsSync, readFileSync } from 'node:fs';
import { put, type Turn } from './work.ts';
import type { TurnScript } from './script.ts';

/** The work of a turn that its script does not forbid: what makes each pair complete in one cycle. */
export function defaultWork(turn: Turn, script: TurnScript): void {
  const { pair, role } = turn.facts;
  if (pair === null) return;
  if (role === 'verifier') {
    if (script.tick ?? (script.promise ?? 'COMPLETE') === 'COMPLETE') tick(turn);
    return;
  }
  const produce = { plan, implement, test, audit }[pair];
  produce(turn);
}

/** Whether the default work is done at all: not by a turn that asks, fails or says something of its own. */
export function hasDefaults(script: TurnScript): boolean {
  const { noDefaults, question, raw, stdout, failure, exit } = script;
  if (noDefaults === true) return false;
  return [question, raw, stdout, failure].every((one) => one === undefined) && (exit ?? 0) === 0;
}

function plan(turn: Turn): void {
  put(turn, '${bundle}/plan.md', '# Plan\n\nOne milestone a phase.\n');
  const file = `${turn.facts.bundle ?? ''}/phase_plan.yaml`;
  const seeded = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const phases = (turn.book.script.phases ?? ['phase-1']).map(phaseEntry);
  put(turn, file, `${seeded.split(/^phases:/m)[0] ?? ''}phases:\n${phases.join('')}`);
}

function phaseEntry(id: string): string {
  return [
    `  - phase_id: ${JSON.stringify(id)}`,
    `    title: ${JSON.stringify(`Title of ${id}`)}`,
    '    objective: Do it',
    '    status: planned',
    '    in_scope: [the file of the phase]',
    '    out_of_scope: []',
    '    dependencies: []',
    '    acceptance_criteria: [{ id: AC-1, text: It works }]',
    '    deliverables: [code]',
    '    risks: []',
    '    rollback: []',
    '',
  ].join('\n');
}

/** The same in every attempt, so that an interrupted run ends in the same tree as one that was not. */
function implement(turn: Turn): void {
  put(turn, `src/${fileName(turn)}.txt`, stamp(turn));
  put(turn, '${bundle}/implementation_notes.md', `# Notes\n\n${stamp(turn)}`);
}

function test(turn: Turn): void {
  put(turn, `tests/${fileName(turn)}.txt`, stamp(turn));
  put(turn, '${bundle}/test_strategy.md', `# Strategy\n\n${stamp(turn)}`);
}

function audit(turn: Turn): void {
  const { call, facts, book } = turn;
  const gaps = call.run <= (book.script.gaps ?? 0);
  put(
    turn,
    '${bundle}/gap_report.md',
    gaps ? `# Gap report\n\nGap number ${call.run}.\n` : '# Gap report\n\nNo gaps.\n',
  );
  put(turn, '${bundle}/revised_request.md', `Close the gap number ${call.run}.\n`);
  const result = {
    material_gaps_found: gaps,
    summary: gaps ? `gap number ${call.run}` : 'nothing is missing',
    revised_request_path: `${facts.bundle ?? ''}/revised_request.md`,
  };
  put(turn, '${bundle}/audit_result.json', `${JSON.stringify(result, null, 2)}\n`);
}

function tick(turn: Turn): void {
  const { criteria } = turn.facts;
  if (criteria === null || !existsSync(criteria)) return;
  put(turn, criteria, readFileSync(criteria, 'utf8').replace(/^(\s*[-*]\s)\[ \]/gm, '$1[x]'));
}

function stamp(turn: Turn): string {
  return `${fileName(turn)}: run ${turn.call.run}, cycle ${turn.call.cycle ?? '?'}\n`;
}

function fileName(turn: Turn): string {
  return (turn.facts.phase ?? 'work').replaceAll('/', '_');
}
