import { canonicalPhasePlan, parsePhasePlan } from '../../core/phase-plan.ts';
import type { PhasePlan } from '../../core/phase-plan.ts';
import type { StateDisk } from '../disk/disk.ts';

/** What the runtime, not the planner, says in phase_plan.yaml (docs/protocol.md). */
export interface PlanOwner {
  readonly taskId: string;
  /** The request file, relative to the workspace. */
  readonly requestRef: string;
}

/**
 * Makes sure, at each call, that phase_plan.yaml is there (`make`; `leave`: one that is not there stays away) and says the runtime's
 * keys; phases and other keys that it has are kept. A file that is not a YAML mapping is left as it is: the verifier's turn brings its
 * error back to the planner. Resolves with the keys that it had to put right. A text that was right the last time is not parsed again.
 */
export function phasePlanSeeder(
  disk: StateDisk,
  file: string,
  owner: PlanOwner,
): (absent: 'make' | 'leave') => Promise<readonly string[]> {
  let right: string | null = null;
  return async (absent) => {
    const text = await disk.read(file);
    if (text === null ? absent === 'leave' : text === right) return [];
    const found = text === null || text.trim() === '' ? { document: {} } : await parseYaml(text);
    if ('error' in found || !isMapping(found.document)) return [];
    const { version, task_id, request_snapshot_ref, phases, ...others } = found.document;
    const owned = { version: 1, task_id: owner.taskId, request_snapshot_ref: owner.requestRef };
    const there = { version, task_id, request_snapshot_ref };
    const wrong = (Object.keys(owned) as (keyof typeof owned)[]).filter((key) => there[key] !== owned[key]);
    right = text;
    if (wrong.length === 0 && phases !== undefined) return [];
    const { stringify } = await import('yaml');
    right = stringify({ ...owned, ...others, phases: phases ?? [] }, STYLE);
    await disk.replace(file, right);
    return wrong;
  };
}

/** Null without errors: no file, or one without any phase, as it was seeded. */
export interface PlanReading {
  readonly plan: PhasePlan | null;
  readonly errors: readonly string[];
}

/** Reads the plan in the file, for every turn: a text that is the same as the last time is not parsed again. */
export function phasePlanReader(disk: StateDisk, file: string, taskId: string): () => Promise<PlanReading> {
  let last: { readonly text: string | null; readonly reading: PlanReading } | null = null;
  return async () => {
    const text = await disk.read(file);
    if (last === null || last.text !== text) last = { text, reading: await planIn(text, taskId) };
    return last.reading;
  };
}

async function planIn(text: string | null, taskId: string): Promise<PlanReading> {
  if (text === null || text.trim() === '') return { plan: null, errors: [] };
  const found = await parseYaml(text);
  if ('error' in found) return { plan: null, errors: [found.error] };
  if (isSeed(found.document)) return { plan: null, errors: [] };
  const read = parsePhasePlan(found.document, taskId);
  return 'plan' in read ? { plan: read.plan, errors: [] } : { plan: null, errors: read.errors };
}

/** Rewrites the file in its canonical form (docs/protocol.md). */
export async function writePhasePlan(disk: StateDisk, file: string, plan: PhasePlan): Promise<void> {
  const text = await phasePlanText(plan);
  if ((await disk.read(file)) !== text) await disk.replace(file, text);
}

/** A plan in its canonical form. */
export async function phasePlanText(plan: PhasePlan): Promise<string> {
  const { stringify } = await import('yaml');
  return stringify(canonicalPhasePlan(plan), STYLE);
}

/** Long texts stay on one line, so that a change of a word is a change of one line. */
const STYLE = { lineWidth: 0, aliasDuplicateObjects: false };

/** Twenty times what a plan of thirty phases takes; the library needs a hundred times as much memory, and compares each key with each. */
const MOST_CHARACTERS = 200_000;
const MOST_LINES = 5000;
const MOST_KEYS = 5000;
/** The library calls itself for each level. */
const MOST_DEPTH = 100;
const DEEP_BLOCKS = /(?:[-?:][ \t]+){100}/;

/**
 * YAML as planners write it: a plain scalar may begin with a backtick, which YAML reserves (docs/protocol.md). Aliases are
 * bounded by the library. The error says line and column.
 */
async function parseYaml(text: string): Promise<{ document: unknown } | { error: string }> {
  const excess = excessOf(text);
  if (excess !== null) return { error: `phase_plan.yaml ${excess}` };
  const { LineCounter, parseDocument } = await import('yaml');
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const error = document.errors.find(({ code, pos }) => !(code === 'BAD_SCALAR_START' && text[pos[0]] === '`'));
  if (error !== undefined) {
    const { line, col } = lineCounter.linePos(error.pos[0]);
    return { error: `phase_plan.yaml is not valid YAML: ${error.message} (line ${line}, column ${col})` };
  }
  try {
    return { document: document.toJS() as unknown };
  } catch (problem) {
    return { error: `phase_plan.yaml cannot be read: ${problem instanceof Error ? problem.message : String(problem)}` };
  }
}

/** What no plan needs, and what takes the library minutes or more memory than there is; null: nothing. */
function excessOf(text: string): string | null {
  if (text.length > MOST_CHARACTERS) {
    return `has ${Math.ceil(text.length / 1000)} KB, and at most ${MOST_CHARACTERS / 1000} KB are read`;
  }
  const lines = text.split('\n').length;
  if (lines > MOST_LINES) return `has ${lines} lines, and at most ${MOST_LINES} are read`;
  const keys = text.match(/:(?=[\s\]},]|$)/g)?.length ?? 0;
  if (keys > MOST_KEYS) return `has ${keys} keys, and at most ${MOST_KEYS} are read`;
  let depth = 0;
  let deepest = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth = bracket === '[' || bracket === '{' ? depth + 1 : Math.max(0, depth - 1);
    deepest = Math.max(deepest, depth);
  }
  const isDeep = deepest > MOST_DEPTH || DEEP_BLOCKS.test(text);
  return isDeep ? `is nested more than ${MOST_DEPTH} levels deep, which is not read` : null;
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSeed(document: unknown): boolean {
  if (document === null) return true;
  if (!isMapping(document)) return false;
  const { phases } = document;
  return phases === undefined || phases === null || (Array.isArray(phases) && phases.length === 0);
}

/** Any other YAML document of an agent; null where it cannot be read. */
export async function readYamlText(text: string | null): Promise<unknown> {
  if (text === null) return null;
  const found = await parseYaml(text);
  return 'error' in found ? null : (found.document ?? null);
}
