import { DECIDED_TITLE, decidedHead } from '../decided.ts';
import { screenText } from '../screen.ts';
import type { ReportCheck, ReportCriterion, ReportFacts, ReportItem } from './report.ts';

/** A pull request's body holds about this much. */
const MOST_CHARACTERS = 60_000;

/** The report as Markdown. Text of agents and tests is escaped, details are folded. */
export function reportMarkdown(facts: ReportFacts): string {
  return within((room) => `# ${escaped(facts.title)}\n\n${body(facts, room)}`);
}

/** The same as the body of a pull request, whose title stands elsewhere. */
export function pullRequestBody(facts: ReportFacts): string {
  return within((room) => body(facts, room));
}

function body(facts: ReportFacts, room: Room): string {
  const parts = [
    `**${escaped(facts.verdict)}** · ${facts.summary.map(escaped).join(' · ')}`,
    section(
      'Please look',
      bounded(facts.look, room).map((item) => lookItem(item, room)),
    ),
    section('Criteria', criteriaRows(facts, room)),
    section('Checks', [
      ...facts.checks.map(checkLine),
      ...folded('Failing before this run, not counted', bounded(facts.oldFailures, room)),
      ...folded('Flaky, not counted', bounded(facts.flaky, room)),
    ]),
    section(
      'Phases',
      facts.phases.map(
        ({ id, title, status, commits }) =>
          `- **${escaped(id)}** ${escaped(title)} (${status.replaceAll('_', ' ')})${commits.map((one) => ` ${code(one)}`).join('')}`,
      ),
    ),
    section(
      DECIDED_TITLE,
      bounded(facts.asked, room).map((one) => {
        const said = one.text === '' ? '' : `\n  ${escaped(one.text)}`;
        return `- **${escaped(decidedHead(one))}**${said}`;
      }),
    ),
    section('Decisions', folded('What the agents noted', bounded(facts.decisions, room))),
    section('How to repeat it', repeatLines(facts)),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** How much of each part is told. */
interface Room {
  readonly items: number;
  /** Of a guard's text, in characters; 0: the text is left out. */
  readonly text: number;
}

const ROOMS: readonly Room[] = [
  { items: Infinity, text: 2_000 },
  { items: Infinity, text: 400 },
  { items: 200, text: 0 },
  { items: 40, text: 0 },
];

/** The fullest form that fits: a cut in the middle would leave a fold or a fence open. */
function within(render: (room: Room) => string): string {
  for (const room of ROOMS) {
    const text = render(room);
    if (text.length <= MOST_CHARACTERS) return text;
  }
  const short = render({ items: 10, text: 0 });
  return short.length <= MOST_CHARACTERS
    ? short
    : `${short.slice(0, MOST_CHARACTERS - 40).toWellFormed()}\n\n…cut at 60,000 characters\n`;
}

function bounded<T>(list: readonly T[], { items }: Room): readonly T[] {
  return list.slice(0, items);
}

function lookItem({ text, gates, guard }: ReportItem, room: Room): string {
  return `- ${gates ? '**open** ' : ''}${escaped(text)}${guard === null || room.text === 0 ? '' : guardDetails(guard, room)}`;
}

function checkLine({ name, command, origin, before, after, seconds }: ReportCheck): string {
  const time = seconds === null ? '' : `, ${seconds} s`;
  return `- **${escaped(name)}** ${code(command)}: ${counts(before)} → ${counts(after)}${time} (${escaped(origin)})`;
}

function counts(found: ReportCheck['before']): string {
  if (found === null) return 'not run';
  const { passed, failed, skipped } = found;
  return `${passed} passed${failed > 0 ? `, ${failed} failed` : ''}${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

function repeatLines({ base, end, checks }: ReportFacts): string[] {
  return [
    ...(base === null ? [] : [`- Before: ${code(base)}`]),
    ...(end === null ? [] : [`- After: ${code(end)}`]),
    ...checks.map(({ command }) => `- ${code(command)}`),
  ];
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `## ${title}\n\n${lines.join('\n')}`;
}

function criteriaRows({ criteria }: ReportFacts, room: Room): string[] {
  if (criteria.length === 0) return [];
  const rows = bounded(criteria, room).map(({ id, text, state, tests, note, commits, checks, verifier, audit }) => {
    const shown = tests.slice(0, 10).map(code).join(', ') || escaped(note ?? '');
    const words = [shown, commits.slice(-5).map(code).join(' '), checksOf(checks)].map((one) =>
      one.replaceAll('|', '\\|'),
    );
    return `| ${cell(id)} | ${cell(text)} | ${[state, ...words, verifier, audit].join(' | ')} |`;
  });
  const heads = ['Criterion', 'Text', 'State', 'Shown by', 'Commits', 'Checks', 'Verifier', 'Audit'];
  return [`| ${heads.join(' | ')} |`, `|${'---|'.repeat(heads.length)}`, ...rows];
}

function checksOf(checks: ReportCriterion['checks']): string {
  return checks.map(({ name, holds }) => `${escaped(name)} ${holds ? 'holds' : '**does not hold**'}`).join(', ');
}

function guardDetails(
  { path, before, after }: { path: string; before: string | null; after: string | null },
  room: Room,
): string {
  return `\n  <details><summary>${escaped(path)}: before and now</summary>\n\n${fenced(before, room)}\n\n${fenced(after, room)}\n  </details>`;
}

function fenced(text: string | null, room: Room): string {
  if (text === null) return '(not there)';
  const body = screenText(text).slice(0, room.text).toWellFormed();
  const fence = '`'.repeat(Math.max(3, ...[...body.matchAll(/`+/g)].map(([ticks]) => ticks.length + 1)));
  return `${fence}\n${body}\n${fence}`;
}

function folded(title: string, items: readonly string[]): string[] {
  if (items.length === 0) return [];
  const list = items.map((item) => `- ${escaped(item)}`).join('\n');
  return [`<details><summary>${title} (${items.length})</summary>\n\n${list}\n\n</details>`];
}

function code(text: string): string {
  const body = screenText(text).replaceAll('\n', ' ');
  const ticks = '`'.repeat(Math.max(1, ...[...body.matchAll(/`+/g)].map(([found]) => found.length + 1)));
  return ticks.length === 1 ? `\`${body}\`` : `${ticks} ${body} ${ticks}`;
}

function cell(text: string): string {
  return escaped(text).replaceAll('|', '\\|');
}

/** Nothing in it is markup, a link or a mention. */
function escaped(text: string): string {
  return screenText(text)
    .replaceAll('\n', ' ')
    .replace(/[\\`*[\]<>#]/g, (character) =>
      character === '<' ? '&lt;' : character === '>' ? '&gt;' : `\\${character}`,
    )
    .replaceAll('@', '@\u200b');
}
