import type { CommandLineOptions } from '../config/command-line.ts';
import type { Layer } from '../config/layer-values.ts';
import { loadLayers, type Surroundings } from '../config/load.ts';
import { resolve, type Resolution } from '../config/resolve.ts';

/** The configuration in force in a workspace; `record` is what a resumed run says of itself. Throws a Problem with all that is wrong. */
export async function resolveSettings(
  sources: Surroundings,
  given: CommandLineOptions,
  record: Layer | null = null,
): Promise<Resolution & { readonly files: readonly string[] }> {
  const layers = await loadLayers(sources);
  const resolution = resolve(record === null ? layers : [...layers, record], given);
  return { ...resolution, files: layers.map((layer) => layer.file) };
}
