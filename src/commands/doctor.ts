import { Problem } from '../core/problem.ts';
import { screenText } from '../core/screen.ts';
import type { Settings } from '../core/settings.ts';
import { damagedRepository } from '../git/hindrance.ts';
import { error, type Finding, ok, warning } from '../inspect/finding.ts';
import { wrapped } from '../inspect/columns.ts';
import { lookAtProviders } from '../inspect/look-at-providers.ts';
import { lookAtRepository, NO_REPOSITORY, WITHOUT_GIT } from '../inspect/look-at-repository.ts';
import { lookAtWorkspace } from '../inspect/look-at-workspace.ts';
import { printDocument } from '../inspect/print.ts';
import { processEnvironment } from '../terminal/at-terminal.ts';
import { otherAgents, reportsToShow } from '../work/agents.ts';
import { type Ground, once, type Part, type Refusal, refusalsOf } from '../work/before-start.ts';
import { lookAtGit } from '../work/repository.ts';
import { type ResolvedToday, resolveSettings } from '../work/settings.ts';
import { VERSION } from '../work/version.ts';
import { lookAtChecks } from './look-at-checks.ts';
import { tryNotices } from './try-notices.ts';

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
  const ground = doctorGround(workspace);
  const refusals = await refusalsOf(ground);
  const findings = [
    ok('autoloop', `version ${VERSION}, ${process.platform} ${process.arch}`),
    ...(await lookAround(ground, (part) => refusals.filter((one) => one.part === part).flatMap(errorsOf))),
    ...(isNotifying ? await readable(ground, (settings) => tryNotices(workspace, settings)) : []),
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

/** What is found part by part, and after each what it is refused for. What a refusal keeps from being looked at is left out. */
async function lookAround(ground: DoctorGround, refused: (part: Part) => Finding[]): Promise<Finding[]> {
  const { workspace } = ground;
  const here = await lookAtWorkspace(workspace);
  const unless = (part: 'workspace' | 'lock' | 'leftovers') => {
    const errors = refused(part);
    return errors.length > 0 ? errors : here[part];
  };
  const providers = await readable(ground, async (settings) => {
    const place = { cwd: workspace, env: process.env, allowInside: settings.provider.allowProgramInWorkspace };
    return lookAtProviders(place, settings, await ground.reports());
  });
  return [
    ...(await configurationFindings(ground)),
    ...refused('configuration'),
    ...(await ground.today().then(
      () => [],
      () => [warning('configuration', 'programs and repository were not looked at: first mend the configuration')],
    )),
    ...providers,
    ...refused('provider'),
    ...(await readable(ground, (settings) => gitFindings(ground, settings))),
    ...refused('git'),
    ...(await readable(ground, (settings) => lookAtChecks(workspace, settings))),
    ...unless('workspace'),
    ...unless('lock'),
    ...unless('leftovers'),
    ...here.runs,
  ];
}

interface DoctorGround extends Ground {
  readonly today: () => Promise<ResolvedToday>;
}

/** A start's ground, of which more is asked and nothing taken down. */
function doctorGround(workspace: string): DoctorGround {
  const environment = processEnvironment();
  const today = once(() => resolveSettings({ workspace, ...environment }, {}));
  const settings = async () => (await today()).settings;
  return {
    workspace,
    today,
    settings,
    acceptConfig: false,
    pairsFrom: 'runtime.pairs',
    reports: once(async () => reportsToShow(workspace, await settings(), environment)),
    instead: async (broken) => otherAgents(workspace, await settings(), environment, broken),
    repository: once(async () => {
      const known = await settings();
      return known.runtime.useGit ? await lookAtGit(workspace, known) : null;
    }),
    run: null,
  };
}

/** What needs settings, and a Problem that is among the refusals already, leaves nothing to say. */
async function readable(
  { settings }: Ground,
  look: (settings: Settings) => Finding[] | Promise<Finding[]>,
): Promise<Finding[]> {
  try {
    return await look(await settings());
  } catch (failure) {
    if (!(failure instanceof Problem)) throw failure;
    return [];
  }
}

async function configurationFindings({ today }: DoctorGround): Promise<Finding[]> {
  const subject = 'configuration';
  const found = await today().catch(() => null);
  if (found === null) return [];
  const { files, warnings } = found;
  const read = ok(subject, files.length === 0 ? 'no file: defaults' : files.join(', '));
  return [read, ...warnings.map((text) => warning(subject, text))];
}

async function gitFindings({ repository, workspace }: Ground, settings: Settings): Promise<Finding[]> {
  const looked = await repository();
  if (looked === null) return [WITHOUT_GIT];
  const found = await lookAtRepository(looked.opened, settings);
  return looked.opened.kind === 'none' && damagedRepository(workspace) === null ? [...found, NO_REPOSITORY] : found;
}

/** One for each line: a configuration has many. */
function errorsOf({ subject, problem }: Refusal): Finding[] {
  return problem.message.split('\n').map((line) => error(subject, line, problem.hint));
}

/** Where the words of a finding begin, after its level. */
const INDENT = ' '.repeat(9);

function findingText({ level, subject, text, fix }: Finding): string {
  const line = `${level.padEnd(8)} ${subject}: ${screenText(text).replaceAll('\n', ' ')}`;
  const columns = process.stdout.isTTY ? Math.max(30, process.stdout.columns || 80) : Infinity;
  const said = `${wrapped(line, columns, INDENT).join('\n')}\n`;
  // A command is copied: the terminal itself breaks it where it must.
  return fix === null ? said : `${said}${INDENT}-> ${screenText(fix).replaceAll('\n', ' ')}\n`;
}
