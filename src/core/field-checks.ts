/* What a field of an event may hold, as far as whoever folds it relies on that. */

export type Check = (value: unknown) => boolean;

export const text: Check = (value) => typeof value === 'string';
export const flag: Check = (value) => typeof value === 'boolean';
export const count: Check = (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0;
export const countOrNull: Check = (value) => value === null || count(value);
export const texts: Check = (value) => Array.isArray(value) && value.every(text);
export const oneOf =
  (values: readonly string[]): Check =>
  (value) =>
    values.some((one) => one === value);

/** Null or absent is "not known", wherever the fold can do without. */
export const maybe =
  (check: Check): Check =>
  (value) =>
    value === undefined || value === null || check(value);

export const object =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.entries(fields).every(([name, check]) => check((value as Readonly<Record<string, unknown>>)[name]));

export const objects =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
