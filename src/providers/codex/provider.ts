import type { Provider } from '../provider.ts';
import { agentOf, readyReport } from '../provider.ts';
import { codexActivity } from './activity.ts';

export const codex: Provider = {
  name: 'codex',
  section: (provider) => provider.codex,
  sessions: { hasThreads: true, keepsOverrides: false },
  tellsCost: () => false,
  preflight: async (subject) => (await import('./preflight.ts')).codexPreflight(subject),
  async create(request) {
    const { codexAgent } = await import('./agent.ts');
    const { program, capabilities } = readyReport(request);
    const { sandbox, networkAccess } = request.settings.provider.codex;
    const mark = request.world.runner.mark;
    return codexAgent(request.world, program, {
      ...agentOf(request, codex),
      capabilities,
      sandbox,
      networkAccess,
      mark,
    });
  },
  activity: () => codexActivity,
};
