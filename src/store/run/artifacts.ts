import { createHash } from 'node:crypto';
import path from 'node:path';
import { ARTIFACTS } from '../../core/artifacts.ts';
import { AUDIT_SEEDS, judgeAudit } from '../../core/audit.ts';
import { boxesOf } from '../../core/criteria.ts';
import type { PhasePlan } from '../../core/phase-plan.ts';
import { PAIR_LABELS } from '../../core/scope.ts';
import type { Pair, Scope } from '../../core/vocabulary.ts';
import type { ArtifactStore } from '../../run/store-port.ts';
import type { StateDisk } from '../disk/disk.ts';
import { DOCUMENT_BYTES, lookAt, readBytes } from '../../files/door.ts';
import { listFolder } from '../../files/folders.ts';
import { relativeTo } from '../layout.ts';
import type { RunLayout } from '../layout.ts';
import { phasePlanReader, phasePlanSeeder, phasePlanText, readYamlText, writePhasePlan } from './phase-plan-file.ts';
import { promised } from '../../files/operations.ts';

/** The artifacts of a run, which its agents read and write (docs/state.md). */
export function artifactStore(disk: StateDisk, layout: RunLayout): ArtifactStore {
  const inDir = (scope: Scope, name: string) => path.join(layout.artifactDir(scope), name);
  const plan = inDir({ pair: 'plan', phaseId: null }, PHASE_PLAN);
  const readPlan = phasePlanReader(disk, plan, layout.task.taskId);
  const owner = { taskId: layout.task.taskId, requestRef: relativeTo(layout.workspace, layout.request) };
  const seedPlan = phasePlanSeeder(disk, plan, owner);
  /** As it was last found, so that it can be put back. */
  let known: PhasePlan | null = null;

  return {
    async seed(scope, criteria) {
      const seeds = seedsOf(scope.pair, criteria);
      await disk.createAll(new Map(seeds.map(([name, text]) => [inDir(scope, name), text])));
      if (scope.pair !== 'plan') return;
      await seedPlan('make');
    },
    async restore(scope, criteria) {
      const file = inDir(scope, 'criteria.md');
      const wanted = boxesOf((await disk.read(file)) ?? '').length === 0 ? [[file, criteria] as const] : [];
      const isPlanGone = scope.pair !== 'plan' && known !== null && (await disk.read(plan)) === null;
      const texts = [...wanted, ...(isPlanGone && known !== null ? [[plan, await phasePlanText(known)] as const] : [])];
      for (const [place, text] of texts) await disk.replace(place, text);
      return texts.map(([place]) => relativeTo(layout.workspace, place));
    },
    fingerprint: (scope) => promised(() => fingerprint(layout.artifactDir(scope))),
    isUntouched: (scope, since) => promised(() => isUntouched(layout.artifactDir(scope), since)),
    readCriteria: (scope) => disk.read(inDir(scope, 'criteria.md')),
    writeCriteria: (scope, text) => disk.replace(inDir(scope, 'criteria.md'), text),
    mendPlanKeys: () => seedPlan('leave'),
    async readPhasePlan() {
      const read = await readPlan();
      known = read.plan ?? known;
      return read;
    },
    planHash: () => planHash(disk, layout),
    writePhasePlan: (changed) => writePhasePlan(disk, plan, changed),
    readYaml: async (scope, name) => readYamlText(await disk.read(inDir(scope, name))),
    async warnInFeedback(scope, cycle, text) {
      const file = inDir(scope, 'feedback.md');
      const before = (await disk.read(file)) ?? feedbackHead(scope.pair);
      const after = withWarning(before, cycle, text);
      if (after !== before) await disk.replace(file, after);
    },
    readAuditResult: () => readAuditResult(disk, (name) => inDir({ pair: 'audit', phaseId: null }, name)),
  };
}

const PHASE_PLAN = 'phase_plan.yaml';

/** Name and first content of what a pair's agents find; the phase plan is seeded for itself. */
function seedsOf(pair: Pair, criteria: string): readonly (readonly [string, string])[] {
  const written = ARTIFACTS[pair].filter((name) => name !== PHASE_PLAN);
  return [
    ['criteria.md', criteria],
    ['feedback.md', feedbackHead(pair)],
    ...written.map((name) => [name, SEEDS.get(name) ?? `# ${name}\n`] as const),
  ];
}

/** What a person approves. */
const PLAN_FILES = ['plan.md', PHASE_PLAN] as const;

/** A text's length goes before it, so that no two pairs of texts come to the same. */
async function planHash(disk: StateDisk, layout: RunLayout): Promise<string> {
  const folder = layout.artifactDir({ pair: 'plan', phaseId: null });
  const hash = createHash('sha256');
  for (const name of PLAN_FILES) {
    const text = await disk.read(path.join(folder, name));
    hash
      .update(
        `${String(text?.length ?? -1)}
`,
      )
      .update(text ?? '');
  }
  return hash.digest('hex');
}

/** What the audit's artifacts hold before an agent has written them; the others hold their name as a heading. */
const SEEDS: ReadonlyMap<string, string> = new Map(Object.entries(AUDIT_SEEDS));

async function readAuditResult(disk: StateDisk, place: (name: keyof typeof AUDIT_SEEDS) => string) {
  const revisedRequest = await disk.read(place('revised_request.md'));
  const gapReport = await disk.read(place('gap_report.md'));
  const verdict = judgeAudit({
    resultText: await disk.read(place('audit_result.json')),
    revisedRequest,
    gapReport,
    revisedRequestPath: place('revised_request.md'),
  });
  return { verdict, revisedRequestSha256: sha256(revisedRequest ?? ''), gapReportSha256: sha256(gapReport ?? '') };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function feedbackHead(pair: Pair): string {
  return `# ${PAIR_LABELS[pair]} Feedback\n`;
}

/**
 * SHA-256 over names and contents below `folder`, temporary files aside, as hex. What is larger than any document, or no file at
 * all, counts by its size and time: it is never read. `feedback` stands in for what feedback.md holds.
 */
function fingerprint(folder: string, feedback?: Buffer): string {
  const hash = createHash('sha256');
  if (lookAt(folder) === null) return hash.update('gone').digest('hex');
  for (const name of namesBelow(folder, '').toSorted()) {
    const content = (name === 'feedback.md' ? feedback : undefined) ?? contentMark(path.join(folder, name));
    hash
      .update(
        `${JSON.stringify(name)} ${content.length}
`,
      )
      .update(content);
  }
  return hash.digest('hex');
}

function isUntouched(folder: string, { before, cycle }: { readonly before: string; readonly cycle: number }): boolean {
  if (fingerprint(folder) === before) return true;
  const feedback = contentMark(path.join(folder, 'feedback.md'));
  const texts = typeof feedback === 'string' ? [] : withoutWarnings(feedback.toString(), cycle);
  return texts.some((text) => fingerprint(folder, Buffer.from(text)) === before);
}

/** Relative to `folder`. */
function namesBelow(folder: string, inside: string): readonly string[] {
  return listFolder(path.join(folder, inside)).flatMap(({ name, kind }) => {
    if (name.endsWith('.tmp')) return [];
    const relative = path.join(inside, name);
    return kind === 'folder' ? namesBelow(folder, relative) : [relative];
  });
}

function contentMark(file: string): Buffer | string {
  const found = lookAt(file);
  const isDocument = found?.kind === 'file' && found.size <= DOCUMENT_BYTES;
  return (isDocument ? readBytes(file) : null) ?? `${found?.kind ?? 'gone'} ${found?.version ?? ''}`;
}

/** The same section is there once. */
function withWarning(before: string, cycle: number, text: string): string {
  const section = `${warningHeading(cycle)}\n\n${text.trim()}\n`;
  return before.includes(section) ? before : `${before}${before.endsWith('\n') ? '\n' : '\n\n'}${section}`;
}

/** What `after` may have been before each of the warnings of this cycle that stand in it. */
function withoutWarnings(after: string, cycle: number): readonly string[] {
  const parts = after.split(`\n${warningHeading(cycle)}\n`);
  return parts.slice(1).flatMap((_, at) => {
    const before = parts.slice(0, at + 1).join(`\n${warningHeading(cycle)}\n`);
    return [before, before.replace(/\n$/, '')];
  });
}

function warningHeading(cycle: number): string {
  return `## System Warning (cycle ${cycle})`;
}
