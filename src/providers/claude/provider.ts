import type { Provider } from '../provider.ts';
import { agentOf, readyReport } from '../provider.ts';
import { claudeActivity } from './progress.ts';

export const claude: Provider = {
  name: 'claude',
  section: (provider) => provider.claude,
  sessions: { hasThreads: false, keepsOverrides: true },
  tellsCost: () => true,
  preflight: async (subject) => (await import('./preflight.ts')).claudePreflight(subject),
  async create(request) {
    const { claudeAgent } = await import('./agent.ts');
    const { permissionStrategy, stream } = request.settings.provider.claude;
    const { program, capabilities } = readyReport(request);
    return claudeAgent(request.world, program, {
      ...agentOf(request, claude),
      capabilities,
      permissionStrategy,
      stream,
    });
  },
  activity: claudeActivity,
};
