/**
 * What stands in `record` under `key`, and undefined where nothing does: also for the names that every object inherits
 * (`constructor`, `__proto__`). A key that came from a log, an agent or a file is looked up by this alone; the linter
 * holds it.
 */
export function ownValue<T>(record: Readonly<Record<string, T>> | null | undefined, key: string): T | undefined {
  return record !== null && record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}

/** What stands in something at the end of a path of keys; undefined where nothing does. Numbers count into lists. */
export function follow(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((holder, name) => {
    const inside = typeof holder === 'object' && holder !== null && Object.hasOwn(holder, name);
    return inside ? (holder as Record<PropertyKey, unknown>)[name] : undefined;
  }, value);
}
