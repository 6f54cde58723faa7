/** The scripts that a package.json names; none where it cannot be read: npm could not read it either. */
export function scriptsIn(text: string | null): Readonly<Record<string, string>> {
  try {
    const found = (JSON.parse(text ?? '{}') as { scripts?: Record<string, unknown> }).scripts ?? {};
    return Object.fromEntries(
      Object.entries(found).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    );
  } catch {
    return {};
  }
}
