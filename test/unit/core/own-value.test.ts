import { describe, expect, it } from 'vitest';
import { ownValue } from '../../../src/core/own-value.ts';

describe('ownValue', () => {
  it('knows what stands in a record, whatever its name, and nothing else', () => {
    const record = JSON.parse('{"a": 1, "__proto__": 2, "toString": 3}') as Record<string, number>;
    expect(['a', '__proto__', 'toString', 'constructor', 'b'].map((key) => ownValue(record, key))).toEqual([
      1,
      2,
      3,
      undefined,
      undefined,
    ]);
    expect(ownValue(undefined, 'a')).toBeUndefined();
    expect(ownValue(null, 'a')).toBeUndefined();
  });
});
