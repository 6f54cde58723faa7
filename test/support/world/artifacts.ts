import { ARTIFACTS } from '../../../src/core/artifacts.ts';
import { AUDIT_SEEDS, judgeAudit } from '../../../src/core/audit.ts';
import { canonicalPhasePlan, parsePhasePlan } from '../../../src/core/phase-plan.ts';
import type { Scope } from '../../../src/core/vocabulary.ts';
import type { ArtifactStore } from '../../../src/run/store-port.ts';
import type { Disk } from './disk.ts';
import type { Operations } from './operations.ts';

const SEEDS: Readonly<Record<string, string>> = {
  ...AUDIT_SEEDS,
  'phase_plan.yaml': JSON.stringify({ version: 1, task_id: 'demo', request_snapshot_ref: 'request.md', phases: [] }),
};

/** The artifacts of a run in memory. Phase plans are JSON, which is YAML as well. */
export function artifactsOf(disk: Disk, operations: Operations, folderOf: (scope: Scope) => string): ArtifactStore {
  const read = (scope: Scope, name: string) => disk.files.get(`${folderOf(scope)}/${name}`) ?? null;
  const write = (scope: Scope, name: string, text: string) =>
    operations.write(`write ${scope.pair}/${name}`, () => disk.put(`${folderOf(scope)}/${name}`, text));
  const plan: Scope = { pair: 'plan', phaseId: null };
  const audit: Scope = { pair: 'audit', phaseId: null };

  return {
    async seed(scope, criteria) {
      const seeds = ['feedback.md', ...ARTIFACTS[scope.pair]].map(
        (name) => [name, SEEDS[name] ?? `# ${name}\n`] as const,
      );
      for (const [name, text] of [['criteria.md', criteria] as const, ...seeds]) {
        if (read(scope, name) === null) await write(scope, name, text);
      }
    },
    restore: () => operations.look('look for what is gone', () => []),
    fingerprint: (scope) =>
      operations.look('read artifacts', () =>
        JSON.stringify(disk.below(folderOf(scope)).map((path) => [path, disk.files.get(path)])),
      ),
    isUntouched: (scope, { before, cycle }) =>
      operations.look('read artifacts', () => {
        const heading = `## System Warning (cycle ${cycle})\n`;
        const held = new Map(disk.below(folderOf(scope)).map((path) => [path, disk.files.get(path) ?? '']));
        const parts = (read(scope, 'feedback.md') ?? '').split(heading);
        return parts.some((_, at) => {
          const feedback = parts.slice(0, at + 1).join(heading);
          return JSON.stringify([...held.set(`${folderOf(scope)}/feedback.md`, feedback)]) === before;
        });
      }),
    readYaml: async () => null,
    readCriteria: (scope) => operations.look('read criteria.md', () => read(scope, 'criteria.md')),
    writeCriteria: (scope, text) => write(scope, 'criteria.md', text),
    mendPlanKeys: () => operations.look('read the keys of phase_plan.yaml', () => []),
    readPhasePlan: () =>
      operations.look('read phase_plan.yaml', () => {
        const document = JSON.parse(read(plan, 'phase_plan.yaml') ?? '{"phases":[]}') as { phases: unknown[] };
        if (document.phases.length === 0) return { plan: null, errors: [] };
        const parsed = parsePhasePlan(document, 'demo');
        return 'plan' in parsed ? { plan: parsed.plan, errors: [] } : { plan: null, errors: parsed.errors };
      }),
    planHash: () =>
      operations.look('read the plan', () =>
        JSON.stringify([read(plan, 'plan.md'), read(plan, 'phase_plan.yaml')].map((text) => text ?? '')),
      ),
    async writePhasePlan(changed) {
      const text = JSON.stringify(canonicalPhasePlan(changed));
      if (read(plan, 'phase_plan.yaml') !== text) await write(plan, 'phase_plan.yaml', text);
    },
    async warnInFeedback(scope, cycle, text) {
      const before = read(scope, 'feedback.md') ?? '';
      const section = `## System Warning (cycle ${cycle})\n${text}\n`;
      if (!before.includes(section)) await write(scope, 'feedback.md', `${before}${section}`);
    },
    readAuditResult: () =>
      operations.look('read the audit', () => ({
        verdict: judgeAudit({
          resultText: read(audit, 'audit_result.json'),
          revisedRequest: read(audit, 'revised_request.md'),
          gapReport: read(audit, 'gap_report.md'),
          revisedRequestPath: `/workspace/${folderOf(audit)}/revised_request.md`,
        }),
        revisedRequestSha256: '',
        gapReportSha256: '',
      })),
  };
}
