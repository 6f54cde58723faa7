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
  round(): Figures;
  once(): Promise<Figures>;
}

/** Where scenarios put what they need, and the program that the project builds. */
export interface Setting {
  /** A new empty folder. */
  folder(): string;
  readonly program: Program;
}
