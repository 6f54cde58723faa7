import type { Control } from './vocabulary.ts';

export type ParsedControl =
  { readonly kind: 'control'; readonly control: Control } | { readonly kind: 'unreadable'; readonly error: string };

/** Reads what an agent said at the end of its final text (spec: protocol.md, loop control). Never throws. */
export function parseControl(_finalText: string): ParsedControl {
  throw new Error('not written yet');
}

/** The question as a person sees it: with a line `Best supposition: …` unless it already has one. */
export function shownQuestion(_question: string, _bestSupposition: string | null): string {
  throw new Error('not written yet');
}
