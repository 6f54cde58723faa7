/** A browser grants six connections to a server: more feeds than this of one browser, and its next request hangs. */
const MOST_OF_ONE_BROWSER = 4;

/** The feeds that are open, so that no browser runs out of connections. */
export class Feeds {
  readonly #open = new Map<string, (() => void)[]>();

  /**
   * Counts a feed of this browser in, and tells the oldest ones to leave while there are too many. The returned function counts
   * it out.
   */
  enter(browser: string, leave: () => void): () => void {
    const feeds = this.#open.get(browser) ?? [];
    this.#open.set(browser, feeds);
    feeds.push(leave);
    while (feeds.length > MOST_OF_ONE_BROWSER) feeds.shift()?.();
    return () => {
      const at = feeds.indexOf(leave);
      if (at >= 0) feeds.splice(at, 1);
      if (feeds.length === 0 && this.#open.get(browser) === feeds) this.#open.delete(browser);
    };
  }
}
