import { REHEARSAL_ARGUMENT } from '../../core/hidden-arguments.ts';
import { codexActivity } from '../codex/activity.ts';
import type { Provider } from '../provider.ts';

/** The scripted agent that is part of this program: it speaks as codex does. */
export const rehearsal: Provider = {
  name: 'rehearsal',
  section: null,
  sessions: { hasThreads: true, keepsOverrides: false },
  tellsCost: () => true,
  preflight: null,
  async create({ world, selfArgv }) {
    const { rehearsalAgent } = await import('./agent.ts');
    return rehearsalAgent(world, [...selfArgv, REHEARSAL_ARGUMENT]);
  },
  activity: () => codexActivity,
};
