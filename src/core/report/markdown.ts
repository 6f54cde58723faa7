import { screenText } from '../screen.ts';
import type { ReportCheck, ReportFacts, ReportItem } from './report.ts';

/** A pull request's body holds about this much. */
const MOST_CHARACTERS = 60_000;

/** The report as Markdown. Text of agents and tests is escaped, details are folded. */
export function reportMarkdown(facts: ReportFacts): string {
  return cut(`# ${escaped(facts.title)}\n\n${body(facts)}`);
}

/** The same as the body of a pull request, whose title stands elsewhere. */
export function pullRequestBody(facts: ReportFacts): string {
  return cut(body(facts));
}

function body(facts: ReportFacts): string {
  const parts = [
    `**${escaped(facts.verdict)}** · ${facts.summary.map(escaped).join(' · ')}`,
    section('Please look', facts.look.map(lookItem)),
    section('Criteria', criteriaRows(facts)),
    section('Checks', [
      ...facts.checks.map(checkLine),
      ...folded('Failing before this run, not counted', facts.oldFailures),
      ...folded('Flaky, not counted', facts.flaky),
    ]),
    section(
      'Phases',
      facts.phases.map(
        ({ id, title, status, commits }) =>
          `- **${escaped(id)}** ${escaped(title)} (${status.replaceAll('_', ' ')})${commits.map((one) => ` ${code(one)}`).join('')}`,
      ),
    ),
    section(
      'Questions and answers',
      facts.answers.map(({ question, answer }) => `- ${escaped(question)}\n  ${escaped(answer)}`),
    ),
    section('How to repeat it', repeatLines(facts)),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function cut(text: string): string {
  return text.length <= MOST_CHARACTERS
    ? text
    : `${text.slice(0, MOST_CHARACTERS - 40).toWellFormed()}\n\n…cut at 60,000 characters\n`;
}

function lookItem({ text, gates, guard }: ReportItem): string {
  return `- ${gates ? '**open** ' : ''}${escaped(text)}${guard === null ? '' : guardDetails(guard)}`;
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

function criteriaRows({ criteria }: ReportFacts): string[] {
  if (criteria.length === 0) return [];
  const rows = criteria.map(({ id, text, state, tests, note }) => {
    const shown = tests.slice(0, 10).map(code).join(', ') || escaped(note ?? '');
    return `| ${cell(id)} | ${cell(text)} | ${state} | ${shown.replaceAll('|', '\\|')} |`;
  });
  return ['| Criterion | Text | State | Shown by |', '|---|---|---|---|', ...rows];
}

function guardDetails({ path, before, after }: { path: string; before: string | null; after: string | null }): string {
  return `\n  <details><summary>${escaped(path)}: before and now</summary>\n\n${fenced(before)}\n\n${fenced(after)}\n  </details>`;
}

const MOST_TEXT = 2_000;

function fenced(text: string | null): string {
  if (text === null) return '(not there)';
  const body = screenText(text).slice(0, MOST_TEXT).toWellFormed();
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
