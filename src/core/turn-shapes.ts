import { type Check, count, countOrNull, maybe, object, oneOf, text, whole } from './field-checks.ts';
import { ownValue } from './own-value.ts';

/* What the events of a turn say of its end. */

/** What a turn used; null or absent where nobody counts. */
export const usage = maybe(
  object({
    inputTokens: countOrNull,
    cachedInputTokens: countOrNull,
    outputTokens: countOrNull,
    reasoningTokens: countOrNull,
    costUsd: countOrNull,
  }),
);
export const totals = maybe(object({ turns: whole, duration_ms: count, usage }));
const outcomes: Readonly<Record<string, Check>> = {
  produced: object({}),
  question: object({ question: text }),
  verdict: object({ verdict: oneOf(['complete', 'incomplete', 'blocked']), reason: maybe(text), note: maybe(text) }),
  empty: object({}),
  unreadable: object({ error: text }),
};
/** What a turn has come to. Absent in logs of 0.1.x, and never null. */
export const outcome: Check = (value) => {
  if (value === undefined) return true;
  const { kind } = (value ?? {}) as { readonly kind?: unknown };
  return typeof kind === 'string' && ownValue(outcomes, kind)?.(value) === true;
};
