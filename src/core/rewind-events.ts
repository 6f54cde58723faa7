/** Ours: a run went back to where it stood after event `to_seq`; what it took until now stays counted. */
export interface RunRewound {
  readonly event_type: 'run_rewound';
  readonly to_seq: number;
  /** The number of that checkpoint, and its commit; null where it is none of the list. */
  readonly number: number | null;
  readonly checkpoint: string;
  /** The commit at HEAD before, and the one made from it; null: no path went back. */
  readonly head: string;
  readonly commit: string | null;
  /** The reference of what was not committed; null: nothing. */
  readonly snapshot: string | null;
  /** Paths that stayed as they are, at most 100. */
  readonly kept: readonly string[];
  /** The `run_rewound` that this one takes back; null: none. */
  readonly undoes: number | null;
}
