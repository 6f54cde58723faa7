/** Placeholders of a command line given in the configuration (docs/providers.md). */
export const PLACEHOLDERS = ['session', 'model', 'effort'] as const;
export type Placeholder = (typeof PLACEHOLDERS)[number];

const PLACEHOLDER = /\{\{\s*([^{}]*?)\s*\}\}/g;

/** The names between double braces, known or not. */
export function placeholdersIn(template: readonly string[]): string[] {
  return template.flatMap((argument) => [...argument.matchAll(PLACEHOLDER)].map((match) => match[1] ?? ''));
}

/** Fills an argument vector in. An argument stays one argument, whatever the values hold. Unknown names stay as they are. */
export function fillIn(template: readonly string[], values: Readonly<Record<Placeholder, string | null>>): string[] {
  return template.map((argument) =>
    argument.replace(PLACEHOLDER, (whole, name: string) => (isPlaceholder(name) ? (values[name] ?? '') : whole)),
  );
}

export function isPlaceholder(name: string): name is Placeholder {
  return (PLACEHOLDERS as readonly string[]).includes(name);
}
