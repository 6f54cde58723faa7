import type { Pair } from '../core/vocabulary.ts';
import { TEMPLATES } from './assets.ts';

/** The text that criteria.md of a pair is seeded with: a heading and five open boxes. */
export function criteriaFor(pair: Pair): string {
  return TEMPLATES[`${pair}-criteria`];
}
