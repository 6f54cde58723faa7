import type { JsonObject } from '../json.ts';
import { objectOf, textOf } from '../json.ts';

/** What is kept of an answer, in characters. */
const MOST_CHARACTERS = 10_000_000;

/**
 * Puts the final text of a turn together: what the agent says after its last tool. Where it numbers its messages, only the last one
 * counts, since what comes without a number is said by the program around the agent, in between or behind the answer.
 */
export class Answer {
  #chunks: { readonly id: string | null; readonly text: string }[] = [];
  #size = 0;
  isCut = false;

  /** Takes an `agent_message_chunk`. */
  chunk(update: JsonObject): void {
    const text = chunkText(update);
    if (text === null || text === '') return;
    if (this.#size + text.length > MOST_CHARACTERS) {
      this.isCut = true;
      return;
    }
    this.#size += text.length;
    this.#chunks.push({ id: textOf(update['messageId']), text });
  }

  /** A tool was called, or is at work: what was said before is not the answer. */
  tool(): void {
    this.#chunks = [];
    this.#size = 0;
    this.isCut = false;
  }

  text(): string {
    const last = this.#chunks.findLast(({ id }) => id !== null)?.id ?? null;
    const counted = last === null ? this.#chunks : this.#chunks.filter(({ id }) => id === last);
    return counted.map(({ text }) => text).join('');
  }
}

/** The text of a chunk; null where it is an image or the like. */
export function chunkText(update: JsonObject): string | null {
  const content = objectOf(update['content']);
  return content?.['type'] === 'text' ? textOf(content['text']) : null;
}
