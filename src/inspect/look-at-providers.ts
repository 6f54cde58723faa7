import type { Settings } from '../core/settings.ts';
import { providerOf } from '../core/vocabulary.ts';
import type { ProgramPlace } from '../providers/find-program.ts';
import { installedRecipes } from '../providers/installed.ts';
import { PROVIDERS } from '../providers/registry.ts';
import type { ProviderReport } from '../providers/report.ts';
import { TESTED, testedPlace } from '../core/tested-versions.ts';
import { type Finding, ok, warning } from './finding.ts';

/** The programs that play the roles, by what they say of themselves; their problems are not among this. */
export function lookAtProviders(
  place: ProgramPlace,
  settings: Settings,
  reports: readonly ProviderReport[],
): Finding[] {
  const { producer, verifier } = settings.provider.roles;
  const own = [...new Set([producer.name, verifier.name])].filter(
    (name) => PROVIDERS[providerOf(name)].preflight === null,
  );
  return [
    ...own.map((name) => ok(name, 'the scripted agent is part of this program')),
    ...reports.flatMap(findingsOf),
    ...otherAgents(place, settings.provider),
  ];
}

/** What could play, too, and what would have to be set for it. */
function otherAgents(place: ProgramPlace, { acp, roles }: Settings['provider']): Finding[] {
  const playing = [roles.producer.name, roles.verifier.name].includes('acp') ? acp.agent : null;
  const [first, ...more] = installedRecipes(place).filter((name) => name !== playing);
  if (first === undefined) return [];
  const how = `provider.name: acp with provider.acp.agent: ${first} would use it`;
  return [ok('agents', `${[first, ...more].join(', ')} found on PATH, of the Agent Client Protocol: ${how}`)];
}

/** As it is named in a run: a configured command by the name that it is given. */
function whoOf({ provider, name = provider, agent }: Pick<ProviderReport, 'provider' | 'name' | 'agent'>): string {
  return provider === 'command' ? (agent ?? name) : name;
}

function findingsOf(report: ProviderReport): Finding[] {
  const who = whoOf(report);
  const { provider, program, callsItself, version, capabilities, models, permissions, whoPays, notices } = report;
  const known = [
    ok(who, `${program ?? ''}, version ${version ?? 'unknown'}`),
    ...(callsItself === undefined ? [] : [ok(who, `calls itself ${callsItself}`)]),
    ...(testedPlace(provider, version) === 'newer'
      ? [ok(who, `newer than what this release was tested with, ${TESTED[provider]?.newest ?? ''}`)]
      : []),
    ...(capabilities.length === 0 ? [] : [ok(who, `capabilities: ${shortList(capabilities)}`)]),
    ...(models === null ? [] : [ok(who, `model: ${models}`)]),
    loginFinding(report),
    ok(who, `paid by: ${whoPays}`),
    ok(who, `permissions: ${permissions}`),
  ];
  return [...(program === null ? [] : known), ...notices.map((text) => warning(who, text))];
}

function loginFinding(report: ProviderReport): Finding {
  const { login, logInWith, problems } = report;
  const who = whoOf(report);
  if (logInWith === null || problems.length > 0) return ok(who, `login: ${login}`);
  return warning(who, `login: ${login}`, logInWith);
}

/** The whole list, where it is one to read. */
const MOST_NAMED = 10;

/** Those that Autoloop cannot do without come first. */
function shortList(capabilities: readonly string[]): string {
  const needed = capabilities.filter((name) => name.endsWith(' --json'));
  if (needed.length === 0)
    return capabilities.length <= MOST_NAMED ? capabilities.join(', ') : `${capabilities.length} options in its help`;
  const rest = capabilities.length - needed.length;
  return `${needed.join(', ')}${rest === 0 ? '' : `, and ${rest} more options`}`;
}
