import type { ProviderName } from '../core/vocabulary.ts';
import { acp } from './acp/provider.ts';
import { claude } from './claude/provider.ts';
import { codex } from './codex/provider.ts';
import { command } from './command/provider.ts';
import type { Provider } from './provider.ts';
import { rehearsal } from './rehearsal/provider.ts';

/** Every kind of agent that there is: the one place that names them all. */
export const PROVIDERS: Readonly<Record<ProviderName, Provider>> = { codex, claude, acp, command, rehearsal };
