import { objectIn } from './settings-tree.ts';
import { ownValue } from '../core/own-value.ts';
import { type Layer, valueAt } from './layer-values.ts';

const COMMANDS = 'provider.commands';

/**
 * What a run keeps, with today's environments for its commands that have names: no log has them. One that today's files give another
 * program has none.
 */
export function withEnvironments(kept: Layer, files: readonly Layer[]): Layer {
  const commands = objectIn(valueAt(kept.values, COMMANDS));
  const today = files.map((file) => objectIn(valueAt(file.values, COMMANDS))).findLast((each) => each !== null);
  if (commands === null || today === undefined) return kept;
  const entries = Object.entries(commands).map(([name, value]) => {
    const [command, now] = [objectIn(value), objectIn(ownValue(today, name) ?? null)];
    const isSame = now !== null && programOf(now) === programOf(command ?? {});
    return [name, isSame ? { ...command, env: now['env'] ?? null } : value] as const;
  });
  const provider = { ...objectIn(kept.values['provider']), commands: Object.fromEntries(entries) };
  return { ...kept, values: { ...kept.values, provider } };
}

function programOf({ start }: Readonly<Record<string, unknown>>): unknown {
  return Array.isArray(start) ? start[0] : null;
}
