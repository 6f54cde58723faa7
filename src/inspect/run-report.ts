import { createHash } from 'node:crypto';
import path from 'node:path';
import type { EventOf, RunEvent } from '../core/events.ts';
import { replay } from '../core/apply.ts';
import { reportHtml } from '../core/report/html.ts';
import { reportOf } from '../core/report/facts.ts';
import type { ReportFacts } from '../core/report/report.ts';
import { reportMarkdown } from '../core/report/markdown.ts';
import { stateDisk } from '../store/disk/disk.ts';
import type { RunLayout } from '../store/layout.ts';
import { turnDocuments } from '../store/run/turn-documents.ts';

export interface RunReport {
  readonly facts: ReportFacts;
  /** False: the run is under way, was killed or went back, or its kept results are gone, and only the log was left to tell. */
  readonly isWhole: boolean;
  /** The files of the run's folder that are not as the log has them. */
  readonly altered: readonly string[];
}

/** After the last two a report of before tells of an end that is none any more. */
const MAKES_OR_VOIDS_REPORT: ReadonlySet<string> = new Set(['evidence_reported', 'run_resumed', 'run_rewound']);

/** The report of a run, made anew from its log and what was kept, and held against the files that stand in its folder. */
export async function runReport(layout: RunLayout, events: readonly RunEvent[]): Promise<RunReport> {
  const disk = stateDisk(layout.task.state);
  const last = events.findLast(({ event_type: type }) => MAKES_OR_VOIDS_REPORT.has(type));
  const kept = last?.event_type === 'evidence_reported' ? await keptFacts(disk, layout, last) : null;
  if (kept === null) return { facts: await factsOfLog(disk, layout, events), isWhole: false, altered: [] };
  const altered: string[] = [];
  for (const [file, text] of filesOf(layout, kept)) if ((await disk.read(file)) !== text) altered.push(file);
  return { facts: kept, isWhole: true, altered };
}

/** Puts the files of a report back as they were written. */
export async function restoreReport(layout: RunLayout, facts: ReportFacts): Promise<void> {
  const disk = stateDisk(layout.task.state);
  for (const [file, text] of filesOf(layout, facts)) await disk.replace(file, text);
}

function filesOf(layout: RunLayout, facts: ReportFacts): readonly (readonly [string, string])[] {
  return [
    [path.join(layout.run, 'report.md'), reportMarkdown(facts)],
    [path.join(layout.run, 'report.html'), reportHtml(facts)],
  ];
}

type Disk = ReturnType<typeof stateDisk>;

async function keptFacts(
  disk: Disk,
  layout: RunLayout,
  { facts }: EventOf<'evidence_reported'>,
): Promise<ReportFacts | null> {
  if (facts === undefined) return null;
  const document = await turnDocuments(disk, layout.turns).recall(facts.name);
  const digest = createHash('sha256')
    .update(`${JSON.stringify(document)}\n`)
    .digest('hex');
  // Without `asked` it is of a release from before the first that had reports.
  return digest === facts.sha256 && (document as Partial<ReportFacts> | null)?.asked ? (document as ReportFacts) : null;
}

/** What the log alone tells. */
async function factsOfLog(disk: Disk, layout: RunLayout, events: readonly RunEvent[]): Promise<ReportFacts> {
  const state = replay(events);
  const { finished, checks } = state;
  return reportOf(state, {
    request: (await disk.read(layout.request)) ?? '',
    status: finished?.status ?? null,
    verified: checks.reported?.verified ?? false,
    phases: [],
    decisions: [],
    texts: new Map(),
    changed: null,
  });
}
