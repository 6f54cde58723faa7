import { screenText } from '../screen.ts';
import type { ReportFacts } from './facts.ts';

/** A pull request's body holds about this much. */
const MOST_CHARACTERS = 60_000;

/** The report as Markdown. Text of agents and tests is escaped, details are folded. */
export function reportMarkdown(facts: ReportFacts): string {
  const parts = [
    `# ${escaped(facts.title)}\n\n**${facts.verdict}**\n\n${facts.summary}`,
    section(
      'Please look',
      facts.look.map(({ text, guard }) => `- ${escaped(text)}${guard === null ? '' : guardDetails(guard)}`),
    ),
    section('Criteria', criteriaRows(facts)),
    section('Checks', [
      ...facts.checks.map(
        ({ name, command, origin }) => `- **${escaped(name)}**: ${code(command)} (${escaped(origin)})`,
      ),
      ...folded('Failing before this run', facts.oldFailures),
      ...folded('Flaky', facts.flaky),
    ]),
    section(
      'Phases',
      facts.phases.map(({ id, title, status }) => `- ${escaped(id)}: ${escaped(title)} (${status})`),
    ),
    section(
      'Questions and answers',
      facts.answers.map(({ question, answer }) => `- ${escaped(question)}\n  ${escaped(answer)}`),
    ),
    section('How to repeat it', [
      ...(facts.base === null ? [] : [`- Base: ${code(facts.base)}`]),
      ...facts.checks.map(({ command }) => `- ${code(command)}`),
    ]),
  ];
  const text = `${parts.filter((part) => part !== '').join('\n\n')}\n`;
  return text.length <= MOST_CHARACTERS
    ? text
    : `${text.slice(0, MOST_CHARACTERS - 40).toWellFormed()}\n\n…cut at 60,000 characters\n`;
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
