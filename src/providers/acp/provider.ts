import type { Provider } from '../provider.ts';
import { agentOf, readyReport } from '../provider.ts';
import { acpActivity } from './progress.ts';
import { acpName, commandOf, RECIPES } from './recipes.ts';

export const acp: Provider = {
  name: 'acp',
  section: ({ acp: { model } }) => ({ model, effort: null }),
  sessions: { hasThreads: false, keepsOverrides: false, mayForget: true },
  tellsCost: ({ acp: { agent } }) => agent !== null && RECIPES[agent].tellsCost,
  preflight: async (subject) => (await import('./preflight.ts')).acpPreflight(subject),
  async create(request) {
    const { acpAgent } = await import('./agent.ts');
    const { acp: settings } = request.settings.provider;
    const recipe = settings.agent === null ? null : RECIPES[settings.agent];
    return acpAgent(request.world, {
      ...agentOf(request, acp),
      program: acpName(settings),
      command: readyReport(request).program,
      args: commandOf(settings).slice(1),
      permissions: settings.permissions,
      recipe,
      mode: settings.mode ?? recipe?.mode ?? null,
      options: settings.config ?? {},
    });
  },
  activity: acpActivity,
};
