import type { Settings } from '../core/settings.ts';
import { PROVIDERS } from './registry.ts';
import type { PreflightWorld, ProviderReport } from './report.ts';

/** Looks at every provider that plays a role, each once. It makes no request and costs nothing. */
export async function preflight(settings: Settings, world: PreflightWorld): Promise<ProviderReport[]> {
  const { producer, verifier } = settings.provider.roles;
  const names = [...new Set([producer.name, verifier.name])];
  const reports: ProviderReport[] = [];
  for (const name of names) {
    const roles = [producer, verifier].filter((role) => role.name === name);
    const report = await PROVIDERS[name].preflight?.({ settings, roles, world });
    if (report !== undefined) reports.push(report);
  }
  return reports;
}
