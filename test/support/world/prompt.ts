import { PAIRS, type Pair, type Role } from '../../../src/core/vocabulary.ts';

/** What an agent reads in its prompt (docs/protocol.md). */
export interface PromptFacts {
  readonly pair: Pair;
  readonly phase: string | null;
  readonly role: Role;
  readonly cycle: number;
  readonly attempt: number;
  readonly folder: string;
  readonly note: string | null;
}

/** Null for a prompt without a preamble. */
export function readPrompt(prompt: string): PromptFacts | null {
  const fact = (label: string) => new RegExp(`^${label}: (.*)$`, 'm').exec(prompt)?.[1] ?? '';
  const pair = PAIRS.find((one) => one === fact('LOOP PAIR'));
  if (pair === undefined) return null;
  const folder = fact('AUTHORITATIVE ACTIVE ARTIFACT DIRECTORY');
  const note = /^MOST RECENT CLARIFICATION TO APPLY IMMEDIATELY:\n([\s\S]*?)\n(?=INITIAL REQUEST|\nTHREAD SCOPE)/m.exec(
    prompt,
  );
  return {
    pair,
    phase: /\/phases\/([^/]+)$/.exec(folder)?.[1] ?? null,
    role: fact('PHASE ROLE') === 'verifier' ? 'verifier' : 'producer',
    cycle: Number(fact('CYCLE')),
    attempt: Number(fact('ATTEMPT')),
    folder,
    note: note?.[1]?.trim() ?? null,
  };
}
