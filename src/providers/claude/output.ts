import type { Usage } from '../../core/vocabulary.ts';
import type { JsonObject } from '../json.ts';
import { countOf, listOf, objectOf, parseJson, parseObject, textOf, valueAt } from '../json.ts';

/** What is kept of output that is not JSON line by line, in characters, for a document spread over several lines. */
const MOST_PENDING = 10_000_000;

/**
 * Finds the result in what `claude -p` prints, whichever form it takes: one object, an array of events (`json --verbose`), or an
 * event a line (`stream-json`). The last event of type `result` counts. Memory holds one result, however much is printed.
 */
export class ResultFinder {
  #result: JsonObject | null = null;
  #pending: string[] = [];
  #pendingSize = 0;

  /** Returns the events that the line holds. */
  line(line: string): readonly JsonObject[] {
    const events = eventsIn(line);
    if (events.length === 0) this.#keep(line);
    this.#result = lastResult(events) ?? this.#result;
    return events;
  }

  /** The result, once all lines have been read; null when there is none. */
  result(): JsonObject | null {
    return this.#result ?? lastResult(eventsIn(this.#pending.join('\n')));
  }

  #keep(line: string): void {
    if (this.#pendingSize + line.length > MOST_PENDING) return;
    this.#pendingSize += line.length + 1;
    this.#pending.push(line);
  }
}

export function isResult(line: string): boolean {
  return line.includes('"result"') && lastResult(eventsIn(line)) !== null;
}

/** The objects that a line, or a whole document, holds; none where it is not JSON. */
export function eventsIn(text: string): readonly JsonObject[] {
  const one = parseObject(text);
  if (one !== null) return [one];
  const all = text.trimStart().startsWith('[') ? listOf(parseJson(text)) : [];
  return all.map(objectOf).filter((event) => event !== null);
}

function lastResult(events: readonly JsonObject[]): JsonObject | null {
  return events.findLast((event) => event['type'] === 'result') ?? null;
}

/** Of this call alone. What claude reads from and writes to its cache is input too. */
export function callUsage(result: JsonObject): Usage {
  return tokens(objectOf(result['usage']) ?? {}, {
    input: ['input_tokens', 'cache_creation_input_tokens', 'cache_read_input_tokens'],
    cached: 'cache_read_input_tokens',
    output: 'output_tokens',
    reasoning: 'output_tokens_details.thinking_tokens',
  });
}

/** Of the session so far, over all models. */
export function sessionUsage(result: JsonObject): Usage {
  const names = {
    input: ['inputTokens', 'cacheCreationInputTokens', 'cacheReadInputTokens'],
    cached: 'cacheReadInputTokens',
    output: 'outputTokens',
    reasoning: 'thinkingTokens',
  };
  const models = Object.values(objectOf(result['modelUsage']) ?? {}).map((model) =>
    tokens(objectOf(model) ?? {}, names),
  );
  return {
    inputTokens: total(models.map((model) => model.inputTokens)),
    cachedInputTokens: total(models.map((model) => model.cachedInputTokens)),
    outputTokens: total(models.map((model) => model.outputTokens)),
    reasoningTokens: total(models.map((model) => model.reasoningTokens)),
    costUsd: countOf(result['total_cost_usd']),
  };
}

interface TokenNames {
  readonly input: readonly string[];
  readonly cached: string;
  readonly output: string;
  readonly reasoning: string;
}

function tokens(figures: JsonObject, names: TokenNames): Usage {
  const count = (name: string): number | null => countOf(valueAt(figures, name));
  return {
    inputTokens: total(names.input.map(count)),
    cachedInputTokens: count(names.cached),
    outputTokens: count(names.output),
    reasoningTokens: count(names.reasoning),
    costUsd: null,
  };
}

/** The names of the tools that were denied, each once. */
export function deniedTools(result: JsonObject): readonly string[] {
  const names = listOf(result['permission_denials']).map((denial) => textOf(objectOf(denial)?.['tool_name']));
  return [...new Set(names.filter((name) => name !== null))];
}

/** The sum of what is known; unknown when nothing is. */
function total(counts: readonly (number | null)[]): number | null {
  const known = counts.filter((count) => count !== null);
  return known.length === 0 ? null : known.reduce((sum, count) => sum + count, 0);
}
