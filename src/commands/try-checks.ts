import { commandText } from '../core/checks/check.ts';
import { countsOf } from '../core/checks/results.ts';
import { Problem } from '../core/problem.ts';
import { screenText } from '../core/screen.ts';
import { fileWith } from '../config/initial.ts';
import { writableConfigFile } from '../config/load.ts';
import { replaceFile } from '../files/replace.ts';
import { printDocument } from '../inspect/print.ts';
import { tryChecks as attempts, type TriedCheck } from '../work/try-checks.ts';
import { resolveSettings } from '../work/settings.ts';
import { listenForSignals } from '../terminal/signals.ts';
import { processEnvironment } from '../terminal/at-terminal.ts';

/** `autoloop checks`: the checks of a project, each run once. Exit code 1 where one cannot run, or there is none. */
export async function tryChecks(
  workspace: string,
  { isWriting, asJson }: { readonly isWriting: boolean; readonly asJson: boolean },
): Promise<number> {
  const environment = processEnvironment();
  const { settings } = await resolveSettings({ workspace, ...environment }, {});
  const isKnown = settings.checks !== null;
  const signals = listenForSignals(() => undefined);
  const tried: TriedCheck[] = [];
  for await (const one of attempts(workspace, settings, { ...signals, environment })) {
    tried.push(one);
    if (!asJson) process.stdout.write(screenText(linesOf(one)));
  }
  if (signals.stop.aborted) return 130;
  const document = { version: 1, checks: tried.map(documentOf) } as const;
  if (asJson) await printDocument(document, { stop: signals.stop });
  else if (tried.length === 0) process.stdout.write(NONE);
  const usable = tried.filter(({ isUsable }) => isUsable);
  if (isWriting && isKnown) process.stdout.write('The configuration names its checks already: nothing was written\n');
  else if (isWriting && usable.length > 0) process.stdout.write(`${screenText(await write(workspace, usable))}\n`);
  return tried.length > 0 && usable.length === tried.length ? 0 : 1;
}

const NONE =
  'No check is known: autoloop.yaml names none, and there is no script test, typecheck, lint or build in package.json, no go.mod,\nCargo.toml, configuration of pytest, or target check or test of a Makefile. Set `checks` in autoloop.yaml.\n';

function linesOf({ check, result, parser, due, isUsable, tail }: TriedCheck): string {
  const { passed, failed, skipped } = countsOf(result.tests);
  const seconds = (result.durationMs / 1000).toFixed(1);
  const numbers = `${passed} passed${failed > 0 ? `, ${failed} failed` : ''}${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  const words = isUsable
    ? (result.implausible ?? numbers)
    : `cannot run: ${result.implausible ?? `exit code ${result.exitCode ?? '?'}`}`;
  const end = isUsable && result.implausible === null ? '' : indented(tail);
  return `${check.name}: ${commandText(check.run)} (${check.origin})\n  ${words}; ${seconds} s, read as ${parser}, due at each ${due}\n${end}`;
}

function indented(tail: string | null): string {
  const lines = (tail ?? '').trim().split('\n').slice(-5);
  return lines.join('') === '' ? '' : `${lines.map((line) => `    ${line}`).join('\n')}\n`;
}

function documentOf({ check, result, parser, due, isUsable }: TriedCheck) {
  return {
    name: check.name,
    run: check.run,
    origin: check.origin,
    usable: isUsable,
    parser,
    due,
    counts: countsOf(result.tests),
    duration_ms: result.durationMs,
    exit_code: result.exitCode,
    implausible: result.implausible,
  };
}

/** Only name and command are written: the rest is as usual. */
async function write(workspace: string, usable: readonly TriedCheck[]): Promise<string> {
  const { file, text } = await writableConfigFile(workspace);
  const checks = usable.map(({ check: { name, run } }) => ({ name, run }));
  const written = fileWith(file, text, { checks });
  if ('problems' in written) throw new Problem('configuration', written.problems.join('\n'), 'Nothing was written.');
  if (written.text !== text) await replaceFile(file, written.text);
  return `Wrote ${checks.map(({ name }) => name).join(', ')} to ${file}`;
}
