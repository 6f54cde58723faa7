/** `3 min`, `1 h 05 min`, `12 s`; an empty text where nothing is known. */
export function durationText(ms: number | null): string {
  if (ms === null) return '';
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${String(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${String(minutes)} min`;
  return `${String(Math.floor(minutes / 60))} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** How long ago, in the largest unit that says enough. */
export function agoText(iso: string, now: number): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(iso)) / 1000));
  if (seconds < 10) return 'just now';
  if (seconds < 60) return `${String(seconds)} s ago`;
  if (seconds < 3600) return `${String(Math.floor(seconds / 60))} min ago`;
  if (seconds < 86_400) return `${String(Math.floor(seconds / 3600))} h ago`;
  return dateText(iso);
}

/** Local date and time, short. */
export function dateText(iso: string): string {
  return new Date(iso).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}

/** Local time of day. */
export function clockText(iso: string): string {
  return new Date(iso).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
}

/** `1.2k`, `3.4M`; `not told` where the agent does not say. */
export function countText(count: number | null): string {
  if (count === null) return 'not told';
  return count < 10_000 ? count.toLocaleString() : Intl.NumberFormat(undefined, { notation: 'compact' }).format(count);
}

export function costText(usd: number | null): string {
  return usd === null ? 'not told' : `$${usd.toFixed(2)}`;
}

/** A word of the log as a person reads it: `needs_followup` -> `needs follow-up`. */
export function wordText(word: string): string {
  return word === 'needs_followup' ? 'needs follow-up' : word.replaceAll('_', ' ');
}
