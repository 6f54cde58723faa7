/** A word as a shell reads it. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : inSingleQuotes(word);
}

/** The same in quotes, whether it needs them or not. */
export function inSingleQuotes(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
