import { declares, type Graft, graftPlaces, testsOf, withGrafts } from '../core/checks/grafted-tests.ts';
import type { TouchedGuard } from '../core/checks/guards.ts';
import type { Entry, StateFiles } from './states.ts';

interface Ground {
  /** The old code, and today's. */
  readonly base: string;
  readonly now: string;
  /** What is put into the old code already. */
  readonly entries: readonly Entry[];
}

/** What is put into the old code, with the tests of sources that it has not: without their code, where they would stand. */
export async function withGraftedTests(
  states: StateFiles,
  added: readonly TouchedGuard[],
  { base, now, entries }: Ground,
): Promise<readonly Entry[]> {
  if (added.length === 0) return entries;
  const [old, today] = [await states.entries(base), await states.entries(now)];
  const result = new Map(entries.map(({ path, value }) => [path, value]));
  const byHost = new Map<string, Graft[]>();
  for (const { path, after } of added) {
    const text = (await states.text(after)) ?? '';
    const put = async (whole: string) => void result.set(path, `100644 ${await states.store(whole)}`);
    for (const { modules, hosts } of graftPlaces(path)) {
      const [name] = modules;
      if (name === undefined) {
        await put(testsOf(text));
        break;
      }
      const known = await Promise.all(
        hosts
          .filter((host) => old.has(host))
          .map(async (host) => [host, await states.text(today.get(host) ?? null)] as const),
      );
      if (modules.length === 1 && known.some(([, host]) => declares(host ?? '', name, { forTests: true }))) {
        await put(text);
        break;
      }
      const [host] = known.find(([, of]) => declares(of ?? '', name, { forTests: false })) ?? known[0] ?? [];
      if (host === undefined) continue;
      byHost.set(host, [...(byHost.get(host) ?? []), { modules, text }]);
      break;
    }
  }
  for (const [host, grafts] of byHost) {
    const value = result.get(host) ?? old.get(host) ?? null;
    const text = await states.text(value);
    if (text !== null) result.set(host, `100644 ${await states.store(withGrafts(text, grafts))}`);
  }
  return [...result].map(([path, value]) => ({ path, value }));
}
