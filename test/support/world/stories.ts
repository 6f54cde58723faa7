import { asks, audit, COMPLETE, incomplete, phasePlan, type Play, promises, type Script, type Turn } from './script.ts';
import { type Choices, settingsOf } from './settings.ts';
import type { Story } from './world.ts';

export interface Twists {
  /** The verifier of the first phase edits a source file in its first turn. */
  readonly verifierEdits?: boolean;
  /** The automatic answerer edits a source file. */
  readonly answererEdits?: boolean;
  /** The producer of the follow-up asks as well. */
  readonly followupAsks?: boolean;
}

export const QUESTION = 'Which way?';
export const ANSWER = 'The left one.';

/**
 * Two phases, a question of a producer that has edited already, a rejection, an edit of a file that the user has changed, and
 * an audit that finds a gap, which the follow-up run closes.
 */
export function longStory(choices: Choices = {}, twists: Twists = {}): Story {
  return { settings: settingsOf(choices), script: longScript(twists), answer: () => ANSWER };
}

function longScript({ verifierEdits = false, answererEdits = false, followupAsks = false }: Twists): Script {
  return {
    play(turn) {
      if (turn.role === 'producer') return produce(turn, followupAsks);
      if (turn.pair !== 'implement' || turn.phase !== 'one' || turn.run > 0) return COMPLETE;
      if (turn.cycle === 1) return incomplete(`IMP-001 of cycle ${turn.cycle}`);
      return verifierEdits && turn.cycle === 2
        ? { ...COMPLETE, edits: { 'src/verifier.txt': 'by the verifier' } }
        : COMPLETE;
    },
    answer: () => ({ ...(answererEdits ? { edits: { 'src/answerer.txt': 'by the answerer' } } : {}), says: ANSWER }),
  };
}

function produce({ run, pair, phase, cycle, nth, folder }: Turn, followupAsks: boolean): Play {
  const says = promises('INCOMPLETE');
  const source = `src/${phase ?? ''}-${run}.txt`;
  switch (pair) {
    case 'plan':
      return {
        artifacts: { 'plan.md': `plan ${run}`, 'phase_plan.yaml': phasePlan(run === 0 ? ['one', 'two'] : ['gap']) },
        says,
      };
    case 'implement': {
      const notes = { 'implementation_notes.md': `notes ${cycle} ${nth}` };
      const play = {
        edits: { [source]: `code of cycle ${cycle}, turn ${nth}`, [`src/more-${run}.txt`]: 'more' },
        artifacts: notes,
      };
      const asking = run === 0 ? phase === 'one' : followupAsks;
      if (asking && cycle === 1 && nth === 0) return { ...play, says: asks(QUESTION) };
      const mine = run === 0 && phase === 'two' ? { 'mine.txt': 'an edit of the agent\n' } : {};
      return { ...play, edits: { ...play.edits, ...mine }, decision: `decided in cycle ${cycle}`, says };
    }
    case 'test':
      return {
        edits: {
          [`test/${phase ?? ''}-${run}.txt`]: 'test',
          'src/old.txt': run === 0 && phase === 'one' ? 'old' : null,
        },
        says,
      };
    case 'audit':
      return { artifacts: audit(run === 0, folder), says };
  }
}
