import { Argument, type Command } from 'commander';
import type { Exit } from './exit.ts';
import { isGiven, runQuery, withRunOptions } from './run-options.ts';
import type { SteerRequest } from './steer.ts';

const COMMANDS: readonly { readonly kind: SteerRequest['kind']; readonly says: boolean; readonly help: string }[] = [
  { kind: 'note', says: true, help: 'tell the next turn of a run something' },
  { kind: 'pause', says: false, help: 'let a run pause after this turn' },
  { kind: 'stop', says: false, help: 'stop a run now; what its turn has changed is kept' },
  { kind: 'answer', says: true, help: 'answer the question that a run waits with' },
  { kind: 'approve', says: false, help: 'approve the plan that a run waits with' },
  { kind: 'reject', says: true, help: 'send the plan that a run waits with back, with what must change' },
];

/** The commands that tell a run something from another terminal. */
export function addSteering(program: Command, exit: Exit): void {
  for (const { kind, says, help } of COMMANDS) {
    const command = withRunOptions(program.command(kind)).description(help).option('--json', 'as JSON');
    if (says) command.addArgument(new Argument('<text>', 'what to say; - reads it from standard input'));
    command.action(async () => {
      const { steer } = await import('./steer.ts');
      const { readIntent } = await import('./intent.ts');
      const [given = null] = command.args;
      const text = given === '-' ? await readIntent({ intent: given }) : given;
      exit.code = await steer({ ...(await runQuery(command)), kind, text, asJson: isGiven(command, 'json') });
    });
  }
}
