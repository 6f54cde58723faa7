import type { RunStatus } from '../../core/vocabulary.ts';
import { lastJudged } from '../../core/checks/facts.ts';
import { reportOf } from '../../core/report/facts.ts';
import type { ReportFacts, ReportInput } from '../../core/report/report.ts';
import { reportHtml } from '../../core/report/html.ts';
import { reportMarkdown } from '../../core/report/markdown.ts';
import type { Loop } from '../loop.ts';
import { ownValue } from '../../core/own-value.ts';
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
    decisions: await store.decisions.written(MOST_DECISIONS),
    ...(await fromBench(loop)),
  });
  const markdown = reportMarkdown(facts);
  const kept = await store.keep('report', facts);
  await store.saveReport('report.md', markdown);
  await store.saveReport('report.html', reportHtml(facts));
  await loop.record({
    event_type: 'evidence_reported',
    verified,
    criteria: loop.state.checks.weighed.map(({ phaseId, id, state, tests }) => ({
      phase_id: phaseId,
      id,
      state,
      tests,
      commits: ownValue(loop.state.checks.commits, phaseId) ?? [],
    })),
    report_sha256: store.digest(markdown),
    facts: { name: kept, sha256: store.digest(facts) },
  });
  return null;
}

const MOST_DECISIONS = 200;

/** What only the sources tell: how much has changed, and old and new text of the guards that findings speak of. */
async function fromBench(loop: Loop): Promise<Pick<ReportInput, 'texts' | 'changed'>> {
  const { resolved } = loop.state.checks;
  const last = lastJudged(loop.state.checks);
  const bench = loop.ports.checks ?? null;
  if (bench === null || last === null || resolved === null || last.tree === '') return NOT_KNOWN;
  const paths = [...new Set(last.findings.flatMap(({ path }) => (path === null ? [] : [path])))].slice(0, 20);
  try {
    const texts = await bench.texts(resolved.baseTree, last.tree, paths);
    return { texts, changed: await bench.changed(resolved.baseTree, last.tree) };
  } catch {
    return NOT_KNOWN; // Objects of an earlier run may be gone: the report says what is left to say.
  }
}

const NOT_KNOWN: Pick<ReportInput, 'texts' | 'changed'> = { texts: new Map(), changed: null };

/** A run that ends before its evidence was weighed has a report, too; one that cannot be written is no reason to lose the end. */
export async function reportAtEnd(loop: Loop, status: RunStatus): Promise<void> {
  if (!loop.state.checks.isWanted || loop.state.checks.reported !== null) return;
  try {
    await writeReport(loop, { verified: false, status });
  } catch (error) {
    loop.ports.narrator.warn(
      `the report could not be written: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
