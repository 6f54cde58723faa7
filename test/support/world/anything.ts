import fc from 'fast-check';
import {
  asks,
  audit,
  COMPLETE,
  incomplete,
  phasePlan,
  type Play,
  promises,
  type Script,
  type Turn,
  UNREADABLE,
} from './script.ts';

const PRODUCER = [
  'edits',
  'edits',
  'edits',
  'nothing',
  'asks',
  'asks and edits',
  'blank',
  'unreadable',
  'promises',
  'transient',
] as const;
const VERIFIER = [
  'complete',
  'complete',
  'complete',
  'complete',
  'incomplete',
  'unmoved',
  'silent',
  'blocked',
  'asks',
  'blank',
  'unreadable',
  'unticked',
  'edits',
] as const;
const AUDIT = ['clean', 'clean', 'gaps', 'gaps', 'invalid'] as const;

/** Agents that do anything, and the same each time that they are in the same place of a run. */
export const anything: fc.Arbitrary<Script> = fc
  .record({
    producer: fc.array(fc.constantFrom(...PRODUCER), { minLength: 1, maxLength: 25 }),
    verifier: fc.array(fc.constantFrom(...VERIFIER), { minLength: 1, maxLength: 25 }),
    audit: fc.array(fc.constantFrom(...AUDIT), { minLength: 1, maxLength: 4 }),
    phases: fc.array(fc.subarray(['one', 'Two'], { minLength: 1 }), { minLength: 1, maxLength: 3 }),
  })
  .map((choices) => ({ ...scriptOf(choices), [fc.toStringMethod]: () => JSON.stringify(choices) }));

interface Choices {
  readonly producer: readonly (typeof PRODUCER)[number][];
  readonly verifier: readonly (typeof VERIFIER)[number][];
  readonly audit: readonly (typeof AUDIT)[number][];
  readonly phases: readonly (readonly string[])[];
}

function scriptOf(choices: Choices): Script {
  return {
    play(turn) {
      const place = `${turn.run} ${turn.pair} ${turn.phase ?? ''} ${turn.role} ${turn.cycle} ${turn.nth}`;
      if (turn.role === 'verifier') return verify(pick(choices.verifier, place), place);
      const play = produce(pick(choices.producer, place), place, turn);
      if (play.says === '') return play;
      if (turn.pair === 'plan')
        return { ...play, artifacts: { 'phase_plan.yaml': phasePlan(pick(choices.phases, place)) } };
      return turn.pair === 'audit' ? { ...play, ...audited(pick(choices.audit, place), turn.folder) } : play;
    },
    answer: (question) => ({ says: question.length % 7 === 0 ? '' : `the answer to ${question}` }),
  };
}

function produce(kind: (typeof PRODUCER)[number], place: string, { calls }: Turn): Play {
  const edits = { [`src/${place.split(' ')[1] ?? ''}.txt`]: place };
  const question = asks(`What of ${place.slice(0, -2)}?`);
  switch (kind) {
    case 'edits':
      return { edits, decision: place, says: 'Done.' };
    case 'nothing':
      return { says: 'Nothing to do.' };
    case 'asks':
      return { says: question };
    case 'asks and edits':
      return { edits, says: question };
    case 'blank':
      return { says: '' };
    case 'unreadable':
      return { edits, says: UNREADABLE };
    case 'promises':
      return { edits, says: promises('COMPLETE') };
    case 'transient':
      return { edits, says: 'Done.', ...(calls === 0 ? { fails: 'transient' } : {}) };
  }
}

function verify(kind: (typeof VERIFIER)[number], place: string): Play {
  switch (kind) {
    case 'complete':
      return COMPLETE;
    case 'incomplete':
      return incomplete(place);
    case 'unmoved':
      return { says: promises('INCOMPLETE') };
    case 'silent':
      return { says: 'I have looked at it.' };
    case 'blocked':
      return { says: promises('BLOCKED') };
    case 'asks':
      return { edits: { 'src/asked.txt': place }, says: asks(`And ${place}?`) };
    case 'blank':
      return { says: '' };
    case 'unreadable':
      return { says: UNREADABLE };
    case 'unticked':
      return { says: promises('COMPLETE') };
    case 'edits':
      return { ...COMPLETE, edits: { 'src/verifier.txt': place } };
  }
}

function audited(kind: (typeof AUDIT)[number], folder: string): Pick<Play, 'artifacts'> {
  return { artifacts: kind === 'invalid' ? { 'audit_result.json': '{}' } : audit(kind === 'gaps', folder) };
}

function pick<T>(list: readonly T[], place: string): T {
  let hash = 7;
  for (let at = 0; at < place.length; at += 1) hash = (Math.imul(hash, 31) + place.charCodeAt(at)) >>> 0;
  const chosen = list[(hash >>> 8) % list.length];
  if (chosen === undefined) throw new Error('nothing to choose from');
  return chosen;
}
