import type { Settings } from '../core/settings.ts';
import { providerOf } from '../core/vocabulary.ts';
import { PROVIDERS } from './registry.ts';
import type { PreflightWorld, ProviderReport } from './report.ts';
import { TESTED, testedPlace } from '../core/tested-versions.ts';

/** Looks at every agent that plays a role, each once. It makes no request and costs nothing. */
export async function preflight(settings: Settings, world: PreflightWorld): Promise<ProviderReport[]> {
  const { producer, verifier } = settings.provider.roles;
  const names = [...new Set([producer.name, verifier.name])];
  const reports: ProviderReport[] = [];
  for (const name of names) {
    const roles = [producer, verifier].filter((role) => role.name === name);
    const report = await PROVIDERS[providerOf(name)].preflight?.({ settings, roles, world });
    if (report !== undefined) reports.push(withVersionNotice(withCostNotice(settings, { ...report, name })));
  }
  return reports;
}

/** A bound that nothing counts towards would never be reached. */
function withCostNotice({ provider, runtime }: Settings, report: ProviderReport): ProviderReport {
  const tells = () => PROVIDERS[report.provider].tellsCost(provider, report.name ?? report.provider);
  if (runtime.maxCostUsd === null || report.program === null || tells()) return report;
  const notice = `${report.agent ?? report.provider} tells no cost: runtime.max_cost_usd does not bound its turns; runtime.max_turns and runtime.max_minutes do`;
  return { ...report, notices: [...report.notices, notice] };
}

/** An older one may lack what a turn needs; it is tried all the same. */
function withVersionNotice(report: ProviderReport): ProviderReport {
  const { provider, version, notices } = report;
  if (testedPlace(provider, version) !== 'older') return report;
  const notice = `${provider} ${version ?? ''} was not tested with this release: the oldest tested is ${TESTED[provider]?.oldest ?? ''}`;
  return { ...report, notices: [...notices, notice] };
}
