import { screenText } from '../screen.ts';
import type { ReportFacts } from './facts.ts';

/** The report as one page: no script, nothing that it loads, readable on a telephone, in the dark and on paper. */
export function reportHtml(facts: ReportFacts): string {
  const tone = facts.verdict.startsWith('Success, verified')
    ? 'good'
    : facts.verdict.startsWith('Success')
      ? 'so'
      : 'bad';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${html(facts.title)}</title>
<style>${STYLE}</style>
</head>
<body><main>
<h1>${html(facts.title)}</h1>
<p class="verdict ${tone}">${html(facts.verdict)}</p>
<p>${html(facts.summary)}</p>
${section(
  'Please look',
  facts.look.map(({ text, guard }) => `<li>${html(text)}${guard === null ? '' : sideBySide(guard)}</li>`),
  'ul',
)}
${criteria(facts)}
${section(
  'Checks',
  facts.checks.map(
    ({ name, command, origin }) => `<li><b>${html(name)}</b>: <code>${html(command)}</code> (${html(origin)})</li>`,
  ),
  'ul',
)}
${folded('Failing before this run', facts.oldFailures)}
${folded('Flaky', facts.flaky)}
${section(
  'Phases',
  facts.phases.map(({ id, title, status }) => `<li>${html(id)}: ${html(title)} (${html(status)})</li>`),
  'ul',
)}
${section(
  'Questions and answers',
  facts.answers.map(({ question, answer }) => `<dt>${html(question)}</dt><dd>${html(answer)}</dd>`),
  'dl',
)}
${section('How to repeat it', [...(facts.base === null ? [] : [`<li>Base: <code>${html(facts.base)}</code></li>`]), ...facts.checks.map(({ command }) => `<li><code>${html(command)}</code></li>`)], 'ul')}
</main>
</body>
</html>
`;
}

function section(title: string, items: readonly string[], tag: 'ul' | 'dl'): string {
  return items.length === 0 ? '' : `<section><h2>${title}</h2><${tag}>${items.join('')}</${tag}></section>`;
}

function criteria({ criteria: list }: ReportFacts): string {
  if (list.length === 0) return '';
  const rows = list.map(({ id, text, state, tests, note }) => {
    const shown =
      tests
        .slice(0, 10)
        .map((test) => `<code>${html(test)}</code>`)
        .join('<br>') || html(note ?? '');
    return `<li><b>${html(id)}</b> <span class="state">${html(state)}</span><p>${html(text)}</p><p>${shown}</p></li>`;
  });
  return section('Criteria', rows, 'ul');
}

function sideBySide({ path, before, after }: { path: string; before: string | null; after: string | null }): string {
  const side = (title: string, text: string | null) =>
    `<figure><figcaption>${title}</figcaption><pre tabindex="0">${html((text ?? '(not there)').slice(0, 4000))}</pre></figure>`;
  return `<details><summary>${html(path)}: before and now</summary><div class="sides">${side('Before', before)}${side('Now', after)}</div></details>`;
}

function folded(title: string, items: readonly string[]): string {
  if (items.length === 0) return '';
  return `<details><summary>${title} (${items.length})</summary><ul>${items.map((item) => `<li>${html(item)}</li>`).join('')}</ul></details>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function html(text: string): string {
  return screenText(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

const STYLE = `
:root{--text:#1c1e21;--back:#fff;--soft:#f2f3f5;--line:#c9ccd1;--good:#1a6b35;--so:#7a5200;--bad:#a31621}
@media (prefers-color-scheme:dark){:root{--text:#e8e9eb;--back:#17181a;--soft:#232528;--line:#45484d;--good:#7ddc9c;--so:#f0c060;--bad:#ff9aa2}}
body{margin:0;background:var(--back);color:var(--text);font:16px/1.5 system-ui,sans-serif}
main{max-width:60rem;margin:0 auto;padding:1rem}
h1{font-size:1.4rem;overflow-wrap:anywhere}h2{font-size:1.1rem;border-bottom:1px solid var(--line)}
.verdict{font-weight:700;font-size:1.15rem}.good{color:var(--good)}.so{color:var(--so)}.bad{color:var(--bad)}
code,pre{font:14px/1.4 ui-monospace,monospace;overflow-wrap:anywhere}pre{background:var(--soft);padding:.5rem;white-space:pre-wrap;margin:0}
li{margin:.4rem 0;overflow-wrap:anywhere}.state{border:1px solid var(--line);border-radius:.3rem;padding:0 .4rem}
.sides{display:grid;gap:.5rem;grid-template-columns:repeat(auto-fit,minmax(17rem,1fr))}figure{margin:0}
@media print{details>*{display:block}}
`.replaceAll('\n', '');
