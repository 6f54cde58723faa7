import type { StopSignal } from '../core/exit-codes.ts';

/** The operator stopped before there was anything to go on with. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly signal: StopSignal;

  constructor(signal: StopSignal) {
    super('stopped by the operator before anything was begun');
    this.signal = signal;
  }
}
