/**
 * How often a property is tried: `most` with PROPERTY_RUNS=all, else a quarter of it, for whoever waits for `npm test`. Every run
 * draws other values, so that many short runs see as much as one long one.
 */
export function tries(most: number): number {
  return process.env['PROPERTY_RUNS'] === 'all' ? most : Math.ceil(most / 4);
}
