import type { Settings } from '../core/settings.ts';
import type { ProviderName } from '../core/vocabulary.ts';
import { claudePreflight } from './claude/preflight.ts';
import { codexPreflight } from './codex/preflight.ts';
import { commandPreflight } from './command/preflight.ts';
import type { PreflightSubject, PreflightWorld, ProviderReport } from './report.ts';

/** Looks at every provider that plays a role, each once. It makes no request and costs nothing. */
export async function preflight(settings: Settings, world: PreflightWorld): Promise<ProviderReport[]> {
  const { producer, verifier } = settings.provider.roles;
  const names = [...new Set([producer.name, verifier.name])];
  const reports: ProviderReport[] = [];
  for (const name of names) {
    const roles = [producer, verifier].filter((role) => role.name === name);
    const report = await look(name, { settings, roles, world });
    if (report !== null) reports.push(report);
  }
  return reports;
}

/** Null for rehearsed agents, which are part of this program. */
async function look(name: ProviderName, subject: PreflightSubject): Promise<ProviderReport | null> {
  switch (name) {
    case 'codex':
      return codexPreflight(subject);
    case 'claude':
      return claudePreflight(subject);
    case 'command':
      return commandPreflight(subject);
    case 'rehearsal':
      return null;
  }
}
