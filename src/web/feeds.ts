/** A browser grants six connections to a server: more feeds than this of one browser, and its next request hangs. */
const MOST_OF_ONE_BROWSER = 4;
/** Of all browsers, each of which costs the server a socket and what its reader is behind. */
const MOST_IN_ALL = 64;

/** The feeds that are open, so that no browser runs out of connections and the server out of memory. */
export class Feeds {
  readonly #open = new Map<string, (() => void)[]>();
  #count = 0;

  /** Whether one more would be too many, though it took the place of one of the same browser. */
  isFull(browser: string): boolean {
    return this.#count >= MOST_IN_ALL && (this.#open.get(browser)?.length ?? 0) < MOST_OF_ONE_BROWSER;
  }

  /**
   * Counts a feed of this browser in, and tells the oldest ones to leave while there are too many. The returned function counts
   * it out.
   */
  enter(browser: string, leave: () => void): () => void {
    const feeds = this.#open.get(browser) ?? [];
    this.#open.set(browser, feeds);
    feeds.push(leave);
    this.#count += 1;
    while (feeds.length > MOST_OF_ONE_BROWSER) feeds.shift()?.();
    return () => {
      this.#count -= 1;
      const at = feeds.indexOf(leave);
      if (at >= 0) feeds.splice(at, 1);
      if (feeds.length === 0 && this.#open.get(browser) === feeds) this.#open.delete(browser);
    };
  }
}
