import type { Clarification } from '../../core/events.ts';
import { redactTokens } from '../../core/redact.ts';
import { ledgerPhase, sameScope } from '../../core/scope.ts';
import { formatTimestamp } from '../../core/time.ts';
import type { Pair, Scope } from '../../core/vocabulary.ts';
import type { DecisionsLedger } from '../../run/store-port.ts';
import { parseBlocks, sequence, withBlock } from './decision-blocks.ts';
import type { Block } from './decision-blocks.ts';
import type { StateDisk } from '../disk/disk.ts';

/** The decisions ledger in `file`, which may be absent. `now` dates the headers. */
export function decisionsLedger(
  disk: StateDisk,
  file: string,
  { runId, now }: { readonly runId: string; readonly now: () => Date },
): DecisionsLedger {
  /** The turn whose block this process opened last: its number must outlive the removal of an empty block. */
  let opened: { scope: Scope; turnSeq: number } | null = null;
  const read = async () => (await disk.read(file)) ?? '';
  const common = (): Common => ({ run_id: runId, ts: formatTimestamp(now()) });
  const replace = async (before: string, after: string) => {
    if (after !== before) await disk.replace(file, after);
  };

  return {
    async openBlock(scope) {
      const text = await read();
      const { after, turnSeq } = withTurn(text, scope, common());
      // A header that a power cut takes is written again with its turn: it need not wait for the disk.
      if (after.startsWith(text) && after !== text) await disk.append(file, after.slice(text.length));
      else await replace(text, after);
      opened = { scope, turnSeq };
      return turnSeq;
    },
    async closeBlock() {
      const text = await read();
      const after = withoutEmptyTurn(text);
      if (after !== text) await disk.amend(file, after);
    },
    async nextSequences(scope, role) {
      const blocks = parseBlocks(await read());
      const qaSeq = largest(blocks, 'qa_seq') + 1;
      if (role === 'verifier') return { turnSeq: nextTurn(blocks, scope, runId), qaSeq };
      const ours = opened !== null && sameScope(opened.scope, scope) ? opened.turnSeq : null;
      return { turnSeq: ours ?? trailingTurn(blocks, scope, runId) ?? nextTurn(blocks, scope, runId), qaSeq };
    },
    async record(clarification) {
      const text = await read();
      await replace(text, withClarification(text, clarification, common()));
    },
    async written(most) {
      return linesOfAgents(await read(), runId, most);
    },
  };
}

const MOST_LINE = 500;

function linesOfAgents(text: string, runId: string, most: number): readonly string[] {
  const blocks = parseBlocks(text).filter((block) => !isRuntimes(block) && block.attributes['run_id'] === runId);
  const lines = blocks
    .flatMap(({ body }) => body.split('\n'))
    .map((line) => line.replace(/^\s*[-*]?\s*/, '').trimEnd());
  const last = lines.filter((line) => line !== '').slice(-most);
  return last.map((line) => redactTokens(line.slice(0, MOST_LINE)).toWellFormed());
}

interface Common {
  readonly run_id: string;
  readonly ts: string;
}

const OWNERS: Readonly<Record<Pair, string>> = {
  plan: 'planner',
  implement: 'implementer',
  test: 'test_author',
  audit: 'intent_auditor',
};

/** `text` ending in a block for a producer's turn, that which is already there if nobody wrote under it. */
function withTurn(text: string, scope: Scope, common: Common): { after: string; turnSeq: number } {
  const blocks = parseBlocks(text);
  const last = blocks.at(-1);
  const waiting = trailingTurn(blocks, scope, common.run_id);
  if (last !== undefined && waiting !== null && isBlank(last)) return { after: text, turnSeq: waiting };
  const turnSeq = nextTurn(blocks, scope, common.run_id);
  const place = { owner: OWNERS[scope.pair], phase_id: ledgerPhase(scope), pair: scope.pair };
  const header = { block_seq: largest(blocks, 'block_seq') + 1, ...place, turn_seq: turnSeq, ...common };
  return { after: withBlock(text, header, ''), turnSeq };
}

function withoutEmptyTurn(text: string): string {
  const last = parseBlocks(text).at(-1);
  return last !== undefined && isBlank(last) && !isRuntimes(last) ? text.slice(0, last.start) : text;
}

function withClarification(text: string, clarification: Clarification, common: Common): string {
  const { question, answer, pair, phase_id, turn_seq, qa_seq, source } = clarification;
  const phase = pair === null ? 'task-global' : ledgerPhase({ pair, phaseId: phase_id });
  let after = text;
  const add = (entry: 'questions' | 'answers', body: string) => {
    if (parseBlocks(after).some((block) => isClarification(block, entry, qa_seq))) return;
    after = withoutEmptyTurn(after);
    const block_seq = largest(parseBlocks(after), 'block_seq') + 1;
    const header = { block_seq, owner: 'runtime', phase_id: phase, pair, turn_seq, ...common, entry, qa_seq };
    after = withBlock(after, entry === 'answers' ? { ...header, source } : header, redactTokens(body));
  };
  if (question !== null) add('questions', question);
  add('answers', answer);
  return after;
}

function isBlank(block: Block): boolean {
  return block.body.trim() === '';
}

function isRuntimes(block: Block): boolean {
  return block.attributes.owner === 'runtime';
}

function isClarification(block: Block, entry: 'questions' | 'answers', qaSeq: number): boolean {
  return isRuntimes(block) && block.attributes.entry === entry && sequence(block, 'qa_seq') === qaSeq;
}

function isInScope({ attributes }: Block, scope: Scope, runId: string): boolean {
  return attributes.run_id === runId && attributes.pair === scope.pair && attributes.phase_id === ledgerPhase(scope);
}

/** The turn_seq of the last block if it is one of the scope's producer; else null. */
function trailingTurn(blocks: readonly Block[], scope: Scope, runId: string): number | null {
  const last = blocks.at(-1);
  if (last === undefined || !isInScope(last, scope, runId) || last.attributes.owner !== OWNERS[scope.pair]) return null;
  return sequence(last, 'turn_seq') || null;
}

function nextTurn(blocks: readonly Block[], scope: Scope, runId: string): number {
  return (
    largest(
      blocks.filter((block) => isInScope(block, scope, runId)),
      'turn_seq',
    ) + 1
  );
}

function largest(blocks: readonly Block[], name: 'block_seq' | 'turn_seq' | 'qa_seq'): number {
  return Math.max(0, ...blocks.map((block) => sequence(block, name)));
}
