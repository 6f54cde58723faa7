import { type Command, commandId } from '../../../src/core/command.ts';

/** A command of a person at the page, the `nth` that was sent. */
export function command(nth: number, given: Partial<Command> & Pick<Command, 'kind'>): Command {
  const at = Date.UTC(2030, 0, 1) + nth;
  const id = commandId(at, String(nth).padStart(12, '0'));
  return { id, text: null, for: null, by: 'page', at: new Date(at).toISOString(), ...given };
}
