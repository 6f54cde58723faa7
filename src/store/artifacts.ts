import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';
import { ARTIFACTS } from '../core/artifacts.ts';
import { AUDIT_SEEDS, judgeAudit } from '../core/audit.ts';
import { PAIR_LABELS } from '../core/scope.ts';
import type { Pair, Scope } from '../core/vocabulary.ts';
import type { ArtifactStore } from '../run/store-port.ts';
import type { StateDisk } from './disk.ts';
import { diskProblem, isMissing } from './disk-problem.ts';
import { relativeTo } from './layout.ts';
import type { RunLayout } from './layout.ts';
import { readPhasePlan, seedPhasePlan, writePhasePlan } from './phase-plan-file.ts';

/** The artifacts of a run, which its agents read and write (spec: state.md, artifacts). */
export function artifactStore(disk: StateDisk, layout: RunLayout): ArtifactStore {
  const inDir = (scope: Scope, name: string) => path.join(layout.artifactDir(scope), name);
  const plan = inDir({ pair: 'plan', phaseId: null }, PHASE_PLAN);
  const inAudit = (name: keyof typeof AUDIT_SEEDS) => inDir({ pair: 'audit', phaseId: null }, name);

  return {
    async seed(scope, criteria) {
      await disk.create(inDir(scope, 'criteria.md'), criteria);
      await disk.create(inDir(scope, 'feedback.md'), feedbackHead(scope.pair));
      for (const name of ARTIFACTS[scope.pair]) {
        if (name !== PHASE_PLAN) await disk.create(inDir(scope, name), SEEDS.get(name) ?? `# ${name}\n`);
      }
      if (scope.pair !== 'plan') return;
      const requestRef = relativeTo(layout.workspace, layout.request);
      await seedPhasePlan(disk, plan, { taskId: layout.task.taskId, requestRef });
    },
    fingerprint: (scope) => fingerprint(layout.artifactDir(scope)),
    readCriteria: (scope) => disk.read(inDir(scope, 'criteria.md')),
    readPhasePlan: () => readPhasePlan(disk, plan, layout.task.taskId),
    writePhasePlan: (changed) => writePhasePlan(disk, plan, changed),
    async warnInFeedback(scope, cycle, text) {
      const file = inDir(scope, 'feedback.md');
      const before = (await disk.read(file)) ?? feedbackHead(scope.pair);
      const section = `## System Warning (cycle ${cycle})\n\n${text.trim()}\n`;
      if (!before.includes(section)) await disk.replace(file, `${before.trimEnd()}\n\n${section}`);
    },
    async readAuditResult() {
      const revisedRequest = await disk.read(inAudit('revised_request.md'));
      const gapReport = await disk.read(inAudit('gap_report.md'));
      const verdict = judgeAudit({
        resultText: await disk.read(inAudit('audit_result.json')),
        revisedRequest,
        gapReport,
        revisedRequestPath: inAudit('revised_request.md'),
      });
      return { verdict, revisedRequestSha256: sha256(revisedRequest ?? ''), gapReportSha256: sha256(gapReport ?? '') };
    },
  };
}

const PHASE_PLAN = 'phase_plan.yaml';

/** What the audit's artifacts hold before an agent has written them; the others hold their name as a heading. */
const SEEDS: ReadonlyMap<string, string> = new Map(Object.entries(AUDIT_SEEDS));

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function feedbackHead(pair: Pair): string {
  return `# ${PAIR_LABELS[pair]} Feedback\n`;
}

/** SHA-256 over names and contents below `folder`, temporary files aside, as hex; links count by where they point. */
async function fingerprint(folder: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for (const name of (await readdir(folder, { recursive: true })).sort()) {
      if (name.endsWith('.tmp')) continue;
      const file = path.join(folder, name);
      const found = await lstat(file);
      if (found.isDirectory()) continue;
      const content = found.isSymbolicLink() ? await readlink(file) : found.isFile() ? await readFile(file) : '';
      hash.update(`${JSON.stringify(name)} ${content.length}\n`).update(content);
    }
  } catch (error) {
    if (!isMissing(error)) throw diskProblem(error, folder, 'read');
    hash.update('gone');
  }
  return hash.digest('hex');
}
