import { stringify } from 'yaml';
import { readLayer } from '../../../src/config/layer.ts';
import type { Layer } from '../../../src/config/layer-values.ts';
import { Problem } from '../../../src/core/problem.ts';

/** A layer as a file with these values gives it. */
export function layerOf(file: string, values: unknown): Layer {
  const reading = readLayer(file, stringify(values, { aliasDuplicateObjects: false }));
  if ('problems' in reading) throw new Error(reading.problems.join('\n'));
  return reading.layer;
}

/** The Problem that the work ends with. */
export function problemOf(work: () => unknown): Problem {
  try {
    work();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
