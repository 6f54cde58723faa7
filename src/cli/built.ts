/** What the build knows and the sources do not. */
interface Built {
  /** What `--version --verbose` prints: version, commit and its date. */
  readonly line: string;
  /** What `--help` prints. */
  readonly help: string;
}

declare const AUTOLOOP_BUILD: Built | undefined;

/** Put in by scripts/build.mjs; null when the sources run as they are. */
export const BUILT: Built | null = typeof AUTOLOOP_BUILD === 'undefined' ? null : AUTOLOOP_BUILD;
