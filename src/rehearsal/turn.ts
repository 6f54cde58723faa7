import path from 'node:path';
import { PAIRS, type Pair, type Role } from '../core/vocabulary.ts';

/** What the preamble of a prompt says (docs/protocol.md): all that the rehearsal agent knows of its turn. */
export interface RehearsedTurn {
  readonly workspace: string;
  readonly pair: Pair;
  readonly role: Role;
  readonly cycle: number;
  /** The name of the phase's artifact folder for implement and test, else null. */
  readonly phase: string | null;
  readonly bundle: string;
  readonly criteria: string;
  readonly feedback: string;
  readonly decisions: string;
  readonly prompt: string;
}

/** Null for a prompt without a preamble: a question that is to be answered. Throws when a label is missing. */
export function readTurn(prompt: string): RehearsedTurn | null {
  const pair = PAIRS.find((one) => one === labelled(prompt, 'LOOP PAIR'));
  if (pair === undefined) return null;
  const needed = (label: string) => {
    const value = labelled(prompt, label);
    if (value === null) throw new Error(`the prompt has no line "${label}: …"`);
    return value;
  };
  const bundle = needed('AUTHORITATIVE ACTIVE ARTIFACT DIRECTORY');
  return {
    workspace: needed('REPOSITORY ROOT'),
    pair,
    role: needed('PHASE ROLE') === 'verifier' ? 'verifier' : 'producer',
    cycle: Number(needed('CYCLE')),
    phase: pair === 'implement' || pair === 'test' ? path.basename(bundle) : null,
    bundle,
    criteria: needed('AUTHORITATIVE ACTIVE CRITERIA FILE'),
    feedback: needed('AUTHORITATIVE ACTIVE FEEDBACK FILE'),
    decisions: needed('AUTHORITATIVE RUN DECISIONS FILE'),
    prompt,
  };
}

function labelled(prompt: string, label: string): string | null {
  return new RegExp(`^${label}: (.+)$`, 'm').exec(prompt)?.[1]?.trim() ?? null;
}
