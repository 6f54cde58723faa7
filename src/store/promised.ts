/** The result of `call`, which is made at once, as a promise; what it throws is a rejection. */
export function promised<T>(call: () => T): Promise<T> {
  return new Promise((resolve) => resolve(call()));
}
