import { follow } from '../core/own-value.ts';

/** Reading JSON that other programs wrote: a value of another type than expected is one that is not there. */

export type JsonObject = Readonly<Record<string, unknown>>;

/** The parsed value, or undefined where the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Not JSON is an answer here, not a failure: agents print other things too.
    return undefined;
  }
}

export function parseObject(line: string): JsonObject | null {
  const start = line.trimStart();
  return start.startsWith('{') ? objectOf(parseJson(start)) : null;
}

export function objectOf(value: unknown): JsonObject | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

export function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

export function countOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;
}

/** The value at a dotted path (`message.content.0.text`: numbers count into lists); undefined where there is none. */
export function valueAt(value: unknown, path: string): unknown {
  return follow(value, path.split('.'));
}
