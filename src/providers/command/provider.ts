import { Problem } from '../../core/problem.ts';
import { commandOf } from '../../core/settings.ts';
import { type Provider, readyReport } from '../provider.ts';

export const command: Provider = {
  name: 'command',
  section: null,
  sessions: { hasThreads: false, keepsOverrides: false, mayForget: true },
  tellsCost: (provider, name) => (commandOf(provider, name)?.usage.cost ?? null) !== null,
  preflight: async (subject) => (await import('./preflight.ts')).commandPreflight(subject),
  async create(request) {
    const { commandAgent } = await import('./agent.ts');
    const { program } = readyReport(request);
    const settings = commandOf(request.settings.provider, request.role.name);
    if (settings === null) throw new Problem('configuration', 'provider.command is not set');
    return commandAgent(request.world, program, request.role, settings);
  },
  // What such a program prints is its own.
  activity: () => () => [],
};
