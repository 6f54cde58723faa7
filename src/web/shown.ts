import { redactTokens } from '../core/redact.ts';
import { UNPRINTABLE } from '../core/screen.ts';

/**
 * A document as a page may show it: what has the shape of an access token is redacted, and signs that a screen would act upon
 * instead of drawing (control characters but newline and tab, marks that reorder text) are spelt out.
 */
export function shown<T>(value: T): T {
  if (typeof value === 'string') return shownText(value) as T;
  if (Array.isArray(value)) return value.map(shown) as T;
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, shown(part as unknown)])) as T;
}

function shownText(text: string): string {
  return redactTokens(text.replaceAll('\r\n', '\n')).replace(
    UNPRINTABLE,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
