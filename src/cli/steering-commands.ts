import { Argument, type Command, InvalidArgumentError } from 'commander';
import type { Exit } from './exit.ts';
import { isGiven, runQuery, withRunOptions } from './run-options.ts';
import type { SteerRequest } from '../commands/steer.ts';

const COMMANDS: readonly { readonly kind: SteerRequest['kind']; readonly says: boolean; readonly help: string }[] = [
  { kind: 'note', says: true, help: 'tell the next turn of a run something' },
  { kind: 'pause', says: false, help: 'let a run pause after this turn' },
  { kind: 'stop', says: false, help: 'stop a run now; what its turn has changed is kept' },
  { kind: 'answer', says: true, help: 'answer the question that a run waits with' },
  { kind: 'approve', says: false, help: 'approve the plan that a run waits with' },
  { kind: 'reject', says: true, help: 'send the plan that a run waits with back, with what must change' },
];

/** The commands that tell a run something from another terminal, and the one that waits for what it says. */
export function addSteering(program: Command, exit: Exit): void {
  addWait(program, exit);
  for (const { kind, says, help } of COMMANDS) {
    const command = withRunOptions(program.command(kind)).description(help).option('--json', 'as JSON');
    if (says) command.addArgument(new Argument('<text>', 'what to say; - reads it from standard input'));
    command.action(async () => {
      const { steer } = await import('../commands/steer.ts');
      const { readIntent } = await import('./intent.ts');
      const [given = null] = command.args;
      const text = given === '-' ? await readIntent({ intent: given }) : given;
      exit.code = await steer({ ...(await runQuery(command)), kind, text, asJson: isGiven(command, 'json') });
    });
  }
}

function addWait(program: Command, exit: Exit): void {
  withRunOptions(program.command('wait'))
    .description("wait until a run needs somebody or ends; the exit code is the run's")
    .option('--seconds <n>', 'no longer than this: then the exit code is 0', secondsOf)
    .option('--json', 'as JSON')
    .action(async (options: { seconds?: number }, command: Command) => {
      const { wait } = await import('../commands/wait.ts');
      const seconds = options.seconds ?? null;
      exit.code = await wait({ ...(await runQuery(command)), seconds, asJson: isGiven(command, 'json') });
    });
}

/** At most a day: a timer cannot be set for much longer. */
const MOST_SECONDS = 86_400;

function secondsOf(text: string): number {
  const seconds = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (seconds >= 1 && seconds <= MOST_SECONDS) return seconds;
  throw new InvalidArgumentError(`A whole number from 1 to ${MOST_SECONDS} is accepted.`);
}
