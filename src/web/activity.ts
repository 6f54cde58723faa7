import type { Activity } from './documents.ts';

/** Of a turn, what a page shows; the turn's raw log has all. */
export const MOST_ACTIVITIES = 500;
/** Of one activity, in characters: a page shows hundreds, and a server holds them for every run that is looked at. */
const MOST_CHARACTERS = 4_000;

/** What an agent did, no longer than a page shows it; where it was cut stands how much is left out. */
export function activityOf({ kind, text }: Activity): Activity {
  if (text.length <= MOST_CHARACTERS) return { kind, text };
  const left = text.length - MOST_CHARACTERS;
  return {
    kind,
    text: `${text.slice(0, MOST_CHARACTERS).toWellFormed()}… (${left.toLocaleString('en')} more characters in the raw log)`,
  };
}
