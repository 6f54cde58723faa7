const MOST_LINES = 20;
const MOST_CHARACTERS = 400;

/** The last 20 lines of a stream of them, each cut at 400 characters: what a failure shows of a program's output. */
export class Tail {
  readonly #lines: string[] = [];

  push(line: string): void {
    const text = line.trimEnd();
    if (text === '') return;
    this.#lines.push(text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text);
    if (this.#lines.length > MOST_LINES) this.#lines.shift();
  }

  lines(): readonly string[] {
    return [...this.#lines];
  }
}

/** The last 20 lines of two streams, the second one's coming last. */
export function tailOf(stdout: Tail, stderr: string): readonly string[] {
  const all = new Tail();
  for (const line of stdout.lines()) all.push(line);
  for (const line of stderr.split('\n')) all.push(line);
  return all.lines();
}
