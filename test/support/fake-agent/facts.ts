import path from 'node:path';
import { PAIRS, type Pair, type Role } from '../../../src/core/vocabulary.ts';

/** What the preamble of a prompt says about its turn. Paths are absolute; null where the prompt has no such line. */
export interface Facts {
  readonly runId: string | null;
  readonly pair: Pair | null;
  readonly role: Role | null;
  readonly cycle: number | null;
  readonly attempt: number | null;
  readonly phase: string | null;
  /** The run's folder. */
  readonly run: string | null;
  readonly bundle: string | null;
  readonly criteria: string | null;
  readonly decisions: string | null;
}

/** Reads the labels of protocol.md. A prompt without `LOOP PAIR:` is an auto-answer. */
export function readFacts(prompt: string): Facts {
  const label = (name: string) => new RegExp(`^${name}:[ \\t]*(\\S.*?)[ \\t]*$`, 'm').exec(prompt)?.[1] ?? null;
  const pair = PAIRS.find((one) => one === label('LOOP PAIR')) ?? null;
  const role = label('PHASE ROLE');
  const request = label('IMMUTABLE REQUEST FILE');
  const bundle = label('AUTHORITATIVE ACTIVE ARTIFACT DIRECTORY');
  return {
    runId: label('RUN ID'),
    pair,
    role: role === 'producer' || role === 'verifier' ? role : null,
    cycle: number(label('CYCLE')),
    attempt: number(label('ATTEMPT')),
    phase: (pair === 'implement' || pair === 'test') && bundle !== null ? phaseOfFolder(path.basename(bundle)) : null,
    run: request === null ? null : path.dirname(request),
    bundle,
    criteria: label('AUTHORITATIVE ACTIVE CRITERIA FILE'),
    decisions: label('AUTHORITATIVE RUN DECISIONS FILE'),
  };
}

/** The inverse of the phase key (docs/loop.md). */
function phaseOfFolder(key: string): string {
  return key.startsWith('_pid-') ? Buffer.from(key.slice(5), 'hex').toString('utf8') : key;
}

function number(text: string | null): number | null {
  return text === null ? null : Number(text);
}
