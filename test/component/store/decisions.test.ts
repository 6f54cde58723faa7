import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Clarification } from '../../../src/core/events.ts';
import type { Scope } from '../../../src/core/vocabulary.ts';
import { parseBlocks, sequence } from '../../../src/store/run/decision-blocks.ts';
import { decisionsLedger } from '../../../src/store/run/decisions.ts';
import { NOW, RUN, TS, UNSYNCED, workspace } from './rig.ts';
import { tries } from '../../support/tries.ts';

const PLAN: Scope = { pair: 'plan', phaseId: null };
const IMPLEMENT: Scope = { pair: 'implement', phaseId: 'Phase "1"' };
const AUDIT: Scope = { pair: 'audit', phaseId: null };

function ledger() {
  const { disk, run } = workspace(UNSYNCED);
  const open = () => decisionsLedger(disk, run.decisions, { runId: RUN, now: () => NOW });
  return { open, ledger: open(), file: run.decisions, text: () => readFileSync(run.decisions, 'utf8') };
}

function clarification(overrides: Partial<Clarification> = {}): Clarification {
  return {
    question: 'Which one?\nBest supposition: the first',
    answer: 'Yes, do it',
    source: 'human',
    pair: 'plan',
    phase_id: null,
    phase: 'producer',
    cycle: 1,
    attempt: 1,
    turn_seq: 1,
    qa_seq: 1,
    ...overrides,
  };
}

describe('the lines that agents wrote', () => {
  it('are those of this run, the last ones, without bullets, headers, and what people said', async () => {
    const { ledger: decisions, file } = ledger();
    await decisions.openBlock(PLAN);
    appendFileSync(file, '- two numbers\n\n  * no rounding\n');
    await decisions.record(clarification());
    await decisions.openBlock(IMPLEMENT);
    appendFileSync(file, 'as add does\n');
    expect(await decisions.written(9)).toEqual(['two numbers', 'no rounding', 'as add does']);
    expect(await decisions.written(1)).toEqual(['as add does']);
  });
});

describe("a producer's block", () => {
  it('is opened once for a turn, and removed when nobody wrote under it, so that its numbers are used again', async () => {
    const { ledger: decisions, text } = ledger();
    expect(await decisions.openBlock(PLAN)).toBe(1);
    const opened = text();
    expect(opened).toBe(
      `<autoloop-decisions-header version="1" block_seq="1" owner="planner" phase_id="task-global" pair="plan" turn_seq="1" run_id="${RUN}" ts="${TS}" />\n`,
    );
    expect(await decisions.openBlock(PLAN)).toBe(1);
    expect(text()).toBe(opened);
    await decisions.closeBlock();
    await decisions.closeBlock();
    expect(text()).toBe('');
    expect(await decisions.openBlock(PLAN)).toBe(1);
  });

  it('stays with what the agent wrote under it, and the next turn is counted per pair and phase', async () => {
    const { ledger: decisions, file, text } = ledger();
    await decisions.openBlock(PLAN);
    appendFileSync(file, 'Keep the API stable.\n\n');
    await decisions.closeBlock();
    expect(await decisions.openBlock(PLAN)).toBe(2);
    appendFileSync(file, 'No newline at the end');
    await decisions.closeBlock();
    expect(await decisions.openBlock(IMPLEMENT)).toBe(1);
    appendFileSync(file, 'x\n');
    expect(await decisions.openBlock(AUDIT)).toBe(1);
    expect(text()).not.toMatch(/\n\n/);
    expect(parseBlocks(text()).map(({ attributes: a }) => [a.block_seq, a.owner, a.phase_id])).toEqual([
      ['1', 'planner', 'task-global'],
      ['2', 'planner', 'task-global'],
      ['3', 'implementer', 'Phase "1"'],
      ['4', 'intent_auditor', 'implicit-phase'],
    ]);
  });

  it('is not taken for the one of another run, such as one that an older release left in the file', async () => {
    const { ledger: decisions, file, text } = ledger();
    await decisions.openBlock(PLAN);
    writeFileSync(file, text().replaceAll('autoloop-', 'superloop-').replace(RUN, 'run-20260101T000000Z-00000000'));
    expect(await decisions.openBlock(PLAN)).toBe(1);
    expect(parseBlocks(text()).map((block) => sequence(block, 'block_seq'))).toEqual([1, 2]);
  });
});

describe('a clarification', () => {
  it('adds a block for the question and one for the answer', async () => {
    const { ledger: decisions, text } = ledger();
    await decisions.openBlock(PLAN);
    await decisions.closeBlock();
    expect(await decisions.nextSequences(PLAN, 'producer')).toEqual({ turnSeq: 1, qaSeq: 1 });
    await decisions.record(clarification());
    const common = `phase_id="task-global" pair="plan" turn_seq="1" run_id="${RUN}" ts="${TS}"`;
    expect(text()).toBe(
      `<autoloop-decisions-header version="1" block_seq="1" owner="runtime" ${common} entry="questions" qa_seq="1" />\n` +
        'Which one?\nBest supposition: the first\n' +
        `<autoloop-decisions-header version="1" block_seq="2" owner="runtime" ${common} entry="answers" qa_seq="1" source="human" />\n` +
        'Yes, do it\n',
    );
  });

  it('is recorded once, also when it is recorded again after a crash', async () => {
    const { open, text } = ledger();
    await open().record(clarification());
    const once = text();
    await open().record(clarification());
    expect(text()).toBe(once);
    await open().record(clarification({ qa_seq: 2, question: null, pair: null, answer: 'Use the other one' }));
    expect(parseBlocks(text()).map(({ attributes: a }) => [a.block_seq, a.entry, a.qa_seq, a.pair])).toEqual([
      ['1', 'questions', '1', 'plan'],
      ['2', 'answers', '1', 'plan'],
      ['3', 'answers', '2', undefined],
    ]);
  });

  it('of a producer has the number of its turn, of a verifier the next', async () => {
    const { ledger: decisions, open, file } = ledger();
    await decisions.openBlock(PLAN);
    appendFileSync(file, 'a decision\n');
    await decisions.closeBlock();
    expect(await decisions.nextSequences(PLAN, 'producer')).toEqual({ turnSeq: 1, qaSeq: 1 });
    expect(await open().nextSequences(PLAN, 'producer')).toEqual({ turnSeq: 1, qaSeq: 1 });
    expect(await decisions.nextSequences(PLAN, 'verifier')).toEqual({ turnSeq: 2, qaSeq: 1 });
    expect(await decisions.openBlock(PLAN)).toBe(2);
    await decisions.closeBlock();
    expect(await decisions.nextSequences(PLAN, 'producer')).toEqual({ turnSeq: 2, qaSeq: 1 });
    await decisions.record(clarification({ turn_seq: 2 }));
    expect(await decisions.nextSequences(PLAN, 'verifier')).toEqual({ turnSeq: 3, qaSeq: 2 });
  });

  it('takes the place of the empty block of the turn that asked', async () => {
    const { ledger: decisions, text } = ledger();
    await decisions.openBlock(PLAN);
    await decisions.record(clarification());
    expect(parseBlocks(text()).map((block) => sequence(block, 'block_seq'))).toEqual([1, 2]);
  });

  it('holds no token shapes', async () => {
    const { ledger: decisions, text } = ledger();
    const token = `ghp_${'a1B2'.repeat(9)}`;
    await decisions.record(clarification({ answer: `use ${token}` }));
    expect(text()).not.toContain(token);
  });
});

it('counts without repeating itself and never fails, whatever agents make of the file', async () => {
  const garbage = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom('<autoloop-decisions-header block_seq="3" turn_seq="-1" qa_seq="two" />\n', '\n\n\n', '<'),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(garbage, { minLength: 1, maxLength: 4 }), async (parts) => {
      const { open, file, text } = ledger();
      const decisions = open();
      for (const part of parts) {
        await decisions.openBlock(IMPLEMENT);
        appendFileSync(file, part);
        await decisions.closeBlock();
        const { turnSeq, qaSeq } = await decisions.nextSequences(IMPLEMENT, 'producer');
        await decisions.record(clarification({ pair: 'implement', phase_id: 'p', turn_seq: turnSeq, qa_seq: qaSeq }));
      }
      const answers = parseBlocks(text()).filter((block) => block.attributes.entry === 'answers');
      expect(answers.map((block) => sequence(block, 'qa_seq'))).toEqual(parts.map((_, at) => at + 1));
      const numbers = answers.map((block) => sequence(block, 'block_seq'));
      expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
    }),
    { numRuns: tries(30) },
  );
});
