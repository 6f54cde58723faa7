import type { Program } from './programs.ts';

/** Figures by name, in the units of the scenario's list; null: this machine cannot tell. */
export type Figures = Readonly<Record<string, number | null>>;

export interface FigureShown {
  readonly key: string;
  readonly label: string;
  readonly unit: 'ms' | 's' | 'MB' | 'bytes' | 'x' | '';
  /** The largest value that is on target. */
  readonly atMost?: number;
}

/** Something to measure. Rounds are what is repeated and timed; `once` counts what does not vary. */
export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** Rounds for each of `--runs`: short ones need more of them. */
  readonly rounds: number;
  readonly figures: readonly FigureShown[];
  prepare(program: Program): Promise<Subject>;
}

/** One program in a place of its own, ready for a scenario. */
export interface Subject {
  round(): Figures | Promise<Figures>;
  once(): Promise<Figures>;
}

/** How much there is of everything. */
export interface Sizes {
  readonly tasks: number;
  /** Tasks with a run that has come to its end. */
  readonly finished: number;
  /** Phases of a run: each takes four turns. */
  readonly phases: number;
  /** Files of a large repository. */
  readonly files: number;
  /** Work trees of tasks. */
  readonly trees: number;
  /** Events of a long log. */
  readonly events: number;
  /** Turns of a long run, as a page shows it. */
  readonly turns: number;
}

export const FULL: Sizes = {
  tasks: 10_000,
  finished: 1000,
  phases: 10,
  files: 20_000,
  trees: 50,
  events: 200_000,
  turns: 10_000,
};
/** To see that the bench itself works. */
export const QUICK: Sizes = {
  tasks: 500,
  finished: 50,
  phases: 2,
  files: 1000,
  trees: 3,
  events: 5000,
  turns: 400,
};

/** Where scenarios put what they need, and the program that the project builds. */
export interface Setting {
  readonly sizes: Sizes;
  /** A new empty folder. */
  folder(): string;
  readonly program: Program;
}
