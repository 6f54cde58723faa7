import type { Scope } from '../../../src/core/vocabulary.ts';
import type { DecisionsLedger } from '../../../src/run/store-port.ts';
import type { Disk } from './disk.ts';
import type { Operations } from './operations.ts';

/** One block of the ledger: a producer's turn with what it decided, or a clarification. */
export interface DecisionBlock {
  readonly scope: string;
  readonly turn: number;
  readonly text: string;
  readonly qa?: number;
  readonly entry?: 'questions' | 'answers';
}

export function decisionBlocks(text: string | undefined): readonly DecisionBlock[] {
  return (text ?? '')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as DecisionBlock);
}

export function decisionText(blocks: readonly DecisionBlock[]): string {
  return blocks.map((block) => `${JSON.stringify(block)}\n`).join('');
}

/** The decisions ledger in memory, one JSON line a block. */
export function decisionsOf(disk: Disk, operations: Operations, file: string): DecisionsLedger {
  const read = () => decisionBlocks(disk.files.get(file));
  const write = (blocks: readonly DecisionBlock[]) =>
    operations.write('write decisions.txt', () => disk.put(file, decisionText(blocks)));
  const nameOf = ({ pair, phaseId }: Scope) => `${pair}:${phaseId ?? ''}`;
  const lastTurn = (scope: string) =>
    Math.max(
      0,
      ...read()
        .filter((one) => one.scope === scope)
        .map(({ turn }) => turn),
    );
  const isEmpty = (block: DecisionBlock | undefined) => block?.text === '' && block.entry === undefined;

  return {
    async openBlock(scope) {
      const blocks = read();
      const last = blocks.at(-1);
      if (last?.scope === nameOf(scope) && isEmpty(last)) return last.turn;
      const turn = lastTurn(nameOf(scope)) + 1;
      await write([...blocks, { scope: nameOf(scope), turn, text: '' }]);
      return turn;
    },
    async closeBlock() {
      const blocks = read();
      if (isEmpty(blocks.at(-1))) await write(blocks.slice(0, -1));
    },
    written: (most) =>
      operations.look('read decisions.txt', () =>
        read()
          .filter((block) => block.entry === undefined && block.text !== '')
          .map(({ text }) => text)
          .slice(-most),
      ),
    nextSequences: (scope, role) =>
      operations.look('read decisions.txt', () => ({
        turnSeq: lastTurn(nameOf(scope)) + (role === 'verifier' ? 1 : 0),
        qaSeq: Math.max(0, ...read().map(({ qa }) => qa ?? 0)) + 1,
      })),
    async record({ question, answer, pair, phase_id, turn_seq, qa_seq }) {
      const entries = question === null ? [] : [['questions', question] as const];
      for (const [entry, text] of [...entries, ['answers', answer] as const]) {
        if (read().some((block) => block.qa === qa_seq && block.entry === entry)) continue;
        await write([...read(), { scope: `${pair ?? ''}:${phase_id ?? ''}`, turn: turn_seq, text, qa: qa_seq, entry }]);
      }
    },
  };
}
