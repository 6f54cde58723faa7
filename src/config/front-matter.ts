import { parsePairs } from '../core/pairs.ts';
import { Problem } from '../core/problem.ts';
import { type AgentName, PROVIDER_NAMES } from '../core/vocabulary.ts';
import { describeFound } from './found.ts';
import { ownValue } from '../core/own-value.ts';
import { readYaml } from './yaml.ts';

/** What the head of an intent's file says; null, or an empty list: not said. */
export interface FrontMatter {
  /** Where the task's branch begins. */
  readonly base: string | null;
  /** A comma list, as `--pairs` takes it. */
  readonly pairs: string | null;
  readonly provider: AgentName | null;
  readonly maxCostUsd: number | null;
  /** Names of the tasks that come before it, as they were typed. */
  readonly after: readonly string[];
}

export interface IntentText {
  readonly head: FrontMatter;
  /** The request, without the head. */
  readonly body: string;
}

/**
 * Takes an intent's file apart: a head between two lines of `---`, which may be missing, and the request. Throws a Problem of kind `usage`
 * that names `source`, the line and what is accepted. `agents`: who may be named to work.
 */
export function readIntentText(
  text: string,
  source: string,
  agents: readonly AgentName[] = PROVIDER_NAMES,
): IntentText {
  const { head, body } = split(text, source);
  const { value, troubles, locate } = readYaml(head);
  const refuse = (line: number, what: string): never => {
    throw new Problem('usage', `${source}:${line + 1}: ${what}`);
  };
  const [trouble] = troubles;
  if (trouble !== undefined) return refuse(trouble.at.line, trouble.text);
  if (value !== null && (typeof value !== 'object' || Array.isArray(value)))
    return refuse(1, `found ${describeFound(value)}; accepted: keys with values between the lines of ---`);
  const given = (value ?? {}) as Readonly<Record<string, unknown>>;
  for (const [name, found] of Object.entries(given)) {
    const key = ownValue(KEYS, name);
    const line = locate([name], 'key').line;
    if (key === undefined)
      return refuse(line, `found the key ${JSON.stringify(name)}; accepted: ${Object.keys(KEYS).join(', ')}`);
    const flaw = found === null ? null : key(found, agents);
    if (flaw !== null) return refuse(line, `${name}: found ${flaw}`);
  }
  return { head: headOf(given), body };
}

function split(text: string, source: string): { head: string; body: string } {
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/);
  if (lines[0]?.trimEnd() !== '---') return { head: '', body: text };
  const end = lines.findIndex((line, at) => at > 0 && line.trimEnd() === '---');
  if (end > 0) return { head: lines.slice(1, end).join('\n'), body: lines.slice(end + 1).join('\n') };
  throw new Problem('usage', `${source}:1: found --- without a second line of --- that closes it`);
}

/** What is wrong with a value, with what is accepted; null: nothing. */
type Judge = (value: unknown, agents: readonly AgentName[]) => string | null;

const isName = (value: unknown): value is string =>
  typeof value === 'string' && /^[^\0\n]*[^\s\0][^\0\n]*$/.test(value);

const KEYS: Readonly<Record<string, Judge | undefined>> = {
  base: (value) =>
    isName(value) && !value.startsWith('-') ? null : `${describeFound(value)}; accepted: a branch or commit`,
  pairs: (value) => {
    const text = pairsOf(value);
    if (text === null) return `${describeFound(value)}; accepted: plan,implement, or a list of such words`;
    const read = parsePairs(text);
    return 'error' in read ? read.error : null;
  },
  provider: (value, agents) =>
    agents.some((name) => name === value) ? null : `${describeFound(value)}; accepted: ${agents.join(', ')}`,
  max_cost_usd: (value) =>
    typeof value === 'number' && value > 0 ? null : `${describeFound(value)}; accepted: number > 0 (US dollars)`,
  after: (value) =>
    isName(value) || (Array.isArray(value) && value.every(isName))
      ? null
      : `${describeFound(value)}; accepted: the name of a task, or a list of names`,
};

function pairsOf(value: unknown): string | null {
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value.join(',');
  return typeof value === 'string' ? value : null;
}

/** Every value has been judged. */
function headOf({ base, pairs, provider, max_cost_usd: cost, after }: Readonly<Record<string, unknown>>): FrontMatter {
  return {
    base: (base as string | null | undefined) ?? null,
    pairs: pairsOf(pairs),
    provider: (provider as AgentName | null | undefined) ?? null,
    maxCostUsd: (cost as number | null | undefined) ?? null,
    after: Array.isArray(after) ? (after as string[]) : typeof after === 'string' ? [after] : [],
  };
}
