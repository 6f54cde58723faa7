/**
 * A queue: what is given is begun once all given before has ended, whether that succeeded or not. Whoever gave it hears of its own
 * failure alone.
 */
export function inTurn(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
}
