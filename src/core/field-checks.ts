/* What a field of an event may hold, as far as whoever folds it relies on that. */

export type Check = (value: unknown) => boolean;

export const text: Check = (value) => typeof value === 'string';
export const flag: Check = (value) => typeof value === 'boolean';
export const count: Check = (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0;
/** A count of things that are not cut in pieces. */
export const whole: Check = (value) => Number.isSafeInteger(value) && count(value);
/** A moment that something is done at, in any form that state holds, as far as a glance can tell. */
export const moment: Check = (value) => typeof value === 'string' && MOMENT.test(value);
const MOMENT = /^\d{4}-[01]\d-[0-3]\d[T ][0-2]\d:[0-5]\d:\d\d/;
export const countOrNull: Check = (value) => value === null || count(value);
export const texts: Check = (value) => Array.isArray(value) && value.every(text);
export const oneOf =
  (values: readonly unknown[]): Check =>
  (value) =>
    values.includes(value);

/** Null or absent is "not known", wherever the fold can do without. */
export const maybe =
  (check: Check): Check =>
  (value) =>
    value === undefined || value === null || check(value);

/** Every event of a log goes through here: what can be known before is. */
export const object = (fields: Readonly<Record<string, Check>>): Check => {
  const known = Object.entries(fields);
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    const found = value as Readonly<Record<string, unknown>>;
    // eslint-disable-next-line autoloop/own-values -- the names are ours, and every event of a log comes by
    for (const [name, check] of known) if (!check(found[name])) return false;
    return true;
  };
};

export const objects =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
