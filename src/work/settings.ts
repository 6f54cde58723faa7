import type { CommandLineOptions } from '../config/command-line.ts';
import type { Layer } from '../config/layer-values.ts';
import { withEnvironments } from '../config/kept-commands.ts';
import { loadLayers, type Surroundings } from '../config/load.ts';
import { riskyLines } from '../config/render.ts';
import { resolve, type Resolution } from '../config/resolve.ts';

/** Layers that are no files: weaker and stronger than these, and all weaker than the options. */
export interface LayersAround {
  readonly under?: readonly Layer[];
  readonly over?: readonly Layer[];
}

export interface ResolvedToday extends Resolution {
  readonly files: readonly string[];
  /** See `riskyLines`. */
  readonly risky: readonly string[];
}

/** The configuration in force in a workspace. Throws a Problem with all that is wrong. */
export async function resolveSettings(
  sources: Surroundings,
  given: CommandLineOptions,
  { under = [], over = [] }: LayersAround = {},
): Promise<ResolvedToday> {
  const layers = await loadLayers(sources);
  const resolution = resolve([...under, ...layers, ...over.map((layer) => withEnvironments(layer, layers))], given);
  return { ...resolution, files: layers.map((layer) => layer.file), risky: riskyLines(resolution) };
}
