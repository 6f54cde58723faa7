import { isEvidenceOn } from '../../core/checks-due.ts';
import type { RunStatus } from '../../core/vocabulary.ts';
import { reportOf, type ReportFacts } from '../../core/report/facts.ts';
import { reportHtml } from '../../core/report/html.ts';
import { reportMarkdown } from '../../core/report/markdown.ts';
import type { Loop } from '../loop.ts';
import { selectedPhases } from './declarations.ts';

/** Writes report.md and report.html, and logs what is proven; an agent's own files of these names are overwritten. */
export async function writeReport(
  loop: Loop,
  { verified, status }: { readonly verified: boolean; readonly status: RunStatus },
): Promise<null> {
  const { store } = loop.ports;
  const facts: ReportFacts = reportOf(loop.state, {
    request: store.request,
    status,
    verified,
    phases: await selectedPhases(loop).catch(() => []),
    criteria: loop.criteria,
    texts: await guardTexts(loop),
  });
  const markdown = reportMarkdown(facts);
  await store.saveReport('report.md', markdown);
  await store.saveReport('report.html', reportHtml(facts));
  await loop.record({
    event_type: 'evidence_reported',
    verified,
    criteria: loop.criteria.map(({ phaseId, id, state, tests }) => ({
      phase_id: phaseId,
      id,
      state,
      tests,
      commits: [],
    })),
    report_sha256: store.digest(markdown),
  });
  return null;
}

/** Old and new text of the guards that findings speak of, as far as they are small. */
async function guardTexts(loop: Loop): Promise<ReadonlyMap<string, { before: string | null; after: string | null }>> {
  const { checks } = loop.state;
  const judged = checks.judged.end ?? checks.judged.pair ?? checks.judged.cycle;
  const bench = loop.ports.checks ?? null;
  if (bench === null || judged === undefined || checks.resolved === null || judged.tree === '') return new Map();
  const paths = [...new Set(judged.findings.flatMap(({ path }) => (path === null ? [] : [path])))].slice(0, 20);
  return bench.texts(checks.resolved.baseTree, judged.tree, paths).catch(() => new Map());
}

/** A run that ends before its evidence was weighed has a report, too; one that cannot be written is no reason to lose the end. */
export async function reportAtEnd(loop: Loop, status: RunStatus): Promise<void> {
  if (!isEvidenceOn(loop.state) || loop.state.checks.reported !== null) return;
  try {
    await writeReport(loop, { verified: false, status });
  } catch (error) {
    loop.ports.narrator.warn(
      `the report could not be written: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
