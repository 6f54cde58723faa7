import { editDistance } from '../core/similar.ts';
import { describedKeys } from './described.ts';

/** Longer names than this are typed by nobody; the bound keeps the comparison cheap for any input. */
const LONGEST = 64;

/** The known key or section that an unknown one most likely means: a similar name, preferably in the same section. */
export function nearestKey(section: string, name: string): string {
  const wanted = name.slice(0, LONGEST);
  let nearest: { key: string; distance: number } | null = null;
  for (const key of knownKeys()) {
    const cut = key.lastIndexOf('.');
    const elsewhere = key.slice(0, Math.max(cut, 0)) === section ? 0 : 2;
    const full = section === '' ? editDistance(wanted, key) : Infinity;
    const distance = Math.min(full, nameDistance(wanted, key.slice(cut + 1)) + elsewhere);
    if (nearest === null || distance < nearest.distance) nearest = { key, distance };
  }
  return nearest?.key ?? '';
}

/** Sections first, so that a misspelt section is not taken for one of its keys. */
function knownKeys(): readonly string[] {
  const keys = describedKeys().map(({ key }) => key);
  const sections = keys.flatMap((key) => {
    const parts = key.split('.');
    return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('.'));
  });
  return [...new Set([...sections, ...keys])];
}

/** Leaving out whole words of a name (`effort` for `model_effort`) counts as one mistake. */
function nameDistance(wanted: string, known: string): number {
  if (`_${known}_`.includes(`_${wanted}_`) && wanted !== known) return 1;
  return editDistance(wanted, known);
}
