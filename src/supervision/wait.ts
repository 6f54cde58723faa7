/** Waits up to `ms` until `enough` says so, looking 20 times a second. Aborting `hurry` ends the wait. */
export async function waitUntil(enough: () => boolean, ms: number, hurry?: AbortSignal): Promise<void> {
  const end = performance.now() + ms;
  while (performance.now() < end && hurry?.aborted !== true && !enough()) await sleep(50);
}

/** Waits for `promise`, but no longer than `ms`. */
export async function atMost(ms: number, promise: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([promise, new Promise((resolve) => (timer = setTimeout(resolve, ms)))]);
  clearTimeout(timer);
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
