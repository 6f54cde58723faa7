import { DECIDED_TITLE, decidedHead } from '../decided.ts';
import { screenText } from '../screen.ts';
import type { Counts } from '../checks/results.ts';
import type { GuardText, ReportCheck, ReportCriterion, ReportFacts, ReportItem, ReportPhase } from './report.ts';
import { STYLE } from './style.ts';
import { ownValue } from '../own-value.ts';

/** The report as one page: no script, nothing that it loads, readable on a telephone, in the dark and on paper. */
export function reportHtml(facts: ReportFacts): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${html(facts.title)} · Autoloop</title>
<style>${STYLE}</style>
</head>
<body><main>
<header class="${facts.tone}">
<p class="verdict">${html(facts.verdict)}</p>
<h1>${html(facts.title)}</h1>
<ul class="facts">${facts.summary.map((part) => `<li>${html(part)}</li>`).join('')}</ul>
</header>
${section('Please look', list('ol', 'look', facts.look.map(lookItem)))}
${section('Criteria', list('ul', 'rows', facts.criteria.map(criterion)))}
${section('Checks', checks(facts))}
${section('Phases', list('ul', 'rows', facts.phases.map(phase)))}
${section(DECIDED_TITLE, asked(facts))}
${section('Decisions', folded('What the agents noted', facts.decisions))}
${section('How to repeat it', repeat(facts))}
</main></body>
</html>
`;
}

function section(title: string, body: string): string {
  return body === '' ? '' : `<section><h2>${title}</h2>\n${body}\n</section>`;
}

function list(tag: 'ul' | 'ol', name: string, items: readonly string[]): string {
  return items.length === 0 ? '' : `<${tag} class="${name}">\n${items.join('\n')}\n</${tag}>`;
}

function lookItem({ text, gates, guard }: ReportItem): string {
  const mark = gates ? '<span class="badge bad">open</span> ' : '<span class="badge">note</span> ';
  return `<li>${mark}${html(text)}${guard === null ? '' : sideBySide(guard)}</li>`;
}

function sideBySide({ path, before, after }: GuardText & { readonly path: string }): string {
  const side = (title: string, text: string | null) =>
    `<figure><figcaption>${title}</figcaption><pre tabindex="0">${html(text ?? '(not there)')}</pre></figure>`;
  return `<details><summary>${html(path)}: before and now</summary><div class="sides">${side('Before', before)}${side('Now', after)}</div></details>`;
}

const STATE_TONE: Readonly<Record<string, string>> = {
  proven: ' good',
  kept: ' good',
  reviewed: ' so',
  missing: ' bad',
};

function criterion({ id, text, state, tests, note, ...rest }: ReportCriterion): string {
  const shown = tests.slice(0, MOST_TESTS).map((test) => `<li><code>${html(test)}</code></li>`);
  const more = tests.length > MOST_TESTS ? [`<li>and ${tests.length - MOST_TESTS} more</li>`] : [];
  const why = note === null ? '' : `<p class="quiet">${html(note)}</p>`;
  const head = `<b>${html(id)}</b> <span class="badge${ownValue(STATE_TONE, state) ?? ''}">${html(state)}</span>`;
  return `<li><p>${head} ${html(text)}</p>${why}${list('ul', 'tests', [...shown, ...more])}${words(rest)}</li>`;
}

/** What checks, verifiers and audit say of a criterion, and the commits of its phase. */
function words({
  commits,
  checks,
  verifier,
  audit,
}: Pick<ReportCriterion, 'commits' | 'checks' | 'verifier' | 'audit'>) {
  const parts = [
    ...checks.map(({ name, holds }) => `check ${html(name)} ${holds ? 'holds' : '<b>does not hold</b>'}`),
    `verifier: ${verifier}`,
    `audit: ${audit}`,
    ...commits.slice(-5).map((commit) => `<code>${html(commit)}</code>`),
  ];
  return `<p class="quiet">${parts.join(' · ')}</p>`;
}

const MOST_TESTS = 10;

function checks({ checks: rows, oldFailures, flaky }: ReportFacts): string {
  if (rows.length === 0) return '';
  const folds = [folded('Failing before this run, not counted', oldFailures), folded('Flaky, not counted', flaky)];
  return `${list('ul', 'rows', rows.map(checkRow))}\n${folds.join('')}`;
}

function checkRow({ name, command, origin, before, after, seconds }: ReportCheck): string {
  const numbers = `${counts(before)} → ${counts(after)}`;
  const time = seconds === null ? '' : `, ${seconds} s`;
  return `<li><p><b>${html(name)}</b> <code>${html(command)}</code></p><p class="quiet">${numbers}${time} · ${html(origin)}</p></li>`;
}

/** Passed, failed and skipped tests in words. */
function counts(found: Counts | null): string {
  if (found === null) return 'not run';
  const { passed, failed, skipped } = found;
  return [
    `${passed} passed`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ].join(', ');
}

function phase({ id, title, status, commits }: ReportPhase): string {
  const made = commits.map((commit) => `<code>${html(commit)}</code>`).join(' ');
  return `<li><p><b>${html(id)}</b> ${html(title)} <span class="badge">${html(status.replaceAll('_', ' '))}</span></p>${made === '' ? '' : `<p class="quiet">${made}</p>`}</li>`;
}

function asked({ asked: all }: ReportFacts): string {
  const items = all.map((one) => {
    const said = one.text === '' ? '' : `<dd>${html(one.text)}</dd>`;
    return `<dt>${html(decidedHead(one))}</dt>${said}`;
  });
  return items.length === 0 ? '' : `<dl>${items.join('')}</dl>`;
}

function repeat({ base, end, checks: rows }: ReportFacts): string {
  if (base === null && end === null && rows.length === 0) return '';
  const lines = [
    ...(base === null ? [] : [`# before: git checkout ${base}`]),
    ...(end === null ? [] : [`# after:  git checkout ${end}`]),
    ...rows.map(({ command }) => command),
  ];
  return `<pre tabindex="0">${html(lines.join('\n'))}</pre>`;
}

function folded(title: string, items: readonly string[]): string {
  if (items.length === 0) return '';
  const rows = items.map((item) => `<li><code>${html(item)}</code></li>`).join('');
  return `<details><summary>${title} (${items.length})</summary><ul class="tests">${rows}</ul></details>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function html(text: string): string {
  return screenText(text).replace(/[&<>"']/g, (character) => ownValue(ENTITIES, character) ?? character);
}
