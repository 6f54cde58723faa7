import { Command, type ErrorOptions } from 'commander';

/** A command that says of a missing argument what it is and how the command is used. */
export class PlainCommand extends Command {
  override createCommand(name?: string): PlainCommand {
    return new PlainCommand(name);
  }

  override error(message: string, options?: ErrorOptions): never {
    if (options?.code !== 'commander.missingArgument') return super.error(message, options);
    const lacking = this.registeredArguments.find((argument) => message.includes(`'${argument.name()}'`));
    const accepted = lacking?.argChoices?.join(', ') ?? lacking?.description ?? '';
    const usage = `autoloop ${this.name()} ${this.usage()}`;
    return super.error(
      `error: '${this.name()}' lacks its ${lacking?.name() ?? 'argument'} (${accepted}): ${usage}`,
      options,
    );
  }
}
