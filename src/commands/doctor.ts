import { Problem } from '../core/problem.ts';
import { screenText } from '../core/screen.ts';
import type { Settings } from '../core/settings.ts';
import { machineFolder } from '../files/places.ts';
import { error, type Finding, lookAt, ok, warning } from '../inspect/finding.ts';
import { lookAtProviders } from '../inspect/look-at-providers.ts';
import { lookAtRepository } from '../inspect/look-at-repository.ts';
import { lookAtWorkspace } from '../inspect/look-at-workspace.ts';
import { printDocument } from '../inspect/print.ts';
import { agentsConfiguration } from '../work/frozen-config.ts';
import { refuseAbove } from '../work/locks.ts';
import { resolveSettings } from '../work/settings.ts';
import { checkPairs } from '../work/start.ts';
import { lookAtChecks } from './look-at-checks.ts';
import { tryNotices } from './try-notices.ts';
import { processEnvironment } from '../terminal/at-terminal.ts';
import { VERSION } from '../work/version.ts';

/** What `autoloop doctor --json` prints (docs/json.md). */
export interface DoctorDocument {
  readonly version: 1;
  readonly workspace: string;
  /** Whether a run would be started. */
  readonly ok: boolean;
  readonly findings: readonly Finding[];
}

/** `autoloop doctor`: all that a run's start would check, at once. Writes nothing. Exit code 1 if a run would be refused. */
export async function doctor(
  workspace: string,
  { asJson, isNotifying }: { readonly asJson: boolean; readonly isNotifying: boolean },
): Promise<number> {
  const { settings, findings: configuration } = await lookAtConfiguration(workspace);
  const findings = [
    ok('autoloop', `version ${VERSION}, ${process.platform} ${process.arch}`),
    ...configuration,
    ...(settings === null ? [] : await lookAt('provider', () => lookAtProviders(workspace, settings))),
    ...(settings === null ? [] : await lookAt('git', () => lookAtRepository(workspace, settings))),
    ...(settings === null ? [] : await lookAt('checks', () => lookAtChecks(workspace, settings))),
    ...(await lookAt('workspace', () => lookAtWorkspace(workspace))),
    ...(await lookAt('lock', () => lookAbove(workspace))),
    ...(isNotifying && settings !== null ? await tryNotices(workspace, settings) : []),
  ];
  const document: DoctorDocument = {
    version: 1,
    workspace,
    ok: findings.every(({ level }) => level !== 'error'),
    findings,
  };
  if (asJson) await printDocument(document);
  else process.stdout.write(findings.map(findingText).join(''));
  return document.ok ? 0 : 1;
}

/** A run in a folder that this workspace lies in keeps it from starting one. */
function lookAbove(workspace: string): Finding[] {
  refuseAbove(workspace);
  return [];
}

/** Without settings nothing can be said of programs and repository. */
async function lookAtConfiguration(workspace: string): Promise<{ settings: Settings | null; findings: Finding[] }> {
  const subject = 'configuration';
  try {
    const { settings, files, warnings } = await resolveSettings({ workspace, ...processEnvironment() }, {});
    const read = ok(subject, files.length === 0 ? 'no file: defaults' : files.join(', '));
    const refused = await lookAt(subject, () => {
      checkPairs(settings, 'runtime.pairs');
      const refusal = agentsConfiguration(workspace, machineFolder(workspace));
      if (refusal !== null) throw refusal;
      return [];
    });
    return { settings, findings: [read, ...warnings.map((text) => warning(subject, text)), ...refused] };
  } catch (failure) {
    if (!(failure instanceof Problem)) throw failure;
    const errors = failure.message.split('\n').map((line) => error(subject, line, failure.hint));
    const rest = warning(subject, 'programs and repository were not looked at: first mend the configuration');
    return { settings: null, findings: [...errors, rest] };
  }
}

function findingText({ level, subject, text, fix }: Finding): string {
  const line = `${level.padEnd(8)} ${subject}: ${screenText(text).replaceAll('\n', ' ')}\n`;
  return fix === null ? line : `${line}         -> ${screenText(fix).replaceAll('\n', ' ')}\n`;
}
