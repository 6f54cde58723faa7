import { exitCodeOfProblem, exitCodeOfStatus } from '../core/exit-codes.ts';
import { Problem } from '../core/problem.ts';
import { expectBrokenOutput } from './broken-output.ts';
import { againLine, resumeLine } from '../inspect/resume-command.ts';
import { endWithoutReader } from '../terminal/signals.ts';
import { writeUnhindered } from '../terminal/unhindered.ts';
import { Interrupted } from '../work/interrupted.ts';
import { buildProgram } from './program.ts';

/** Runs the program on its arguments and resolves with its exit code. No failure reaches a user as a stack trace. */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  const exit = { code: 0 };
  expectBrokenOutput();
  writeUnhindered();
  try {
    await buildProgram(args, exit).parseAsync([...args], { from: 'user' });
    return exit.code;
  } catch (error) {
    return explain(error, args);
  } finally {
    endWithoutReader();
  }
}

function explain(error: unknown, args: readonly string[]): number {
  if (process.env.AUTOLOOP_DEBUG === '1' && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
  if (isCommanderError(error)) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof Problem) {
    const resume = error.run === null ? null : resumeLine(error.run.workspace, error.run);
    const again = error.beginsAnew ? againLine(args) : null;
    const lines = [`error: ${error.message}`, error.hint, resume ?? again].filter((line) => line !== null);
    process.stderr.write(`${lines.join('\n')}\n`);
    return exitCodeOfProblem(error.kind);
  }
  if (error instanceof Interrupted) {
    process.stdout.write(`[INTERRUPTED] ${error.message}\n`);
    return exitCodeOfStatus('interrupted', error.signal);
  }
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`error: internal error: ${message}\nAUTOLOOP_DEBUG=1 shows where; please report it.\n`);
  return 1;
}

/** commander has said what is wrong already; `exitCode` 0 is help and version. */
function isCommanderError(error: unknown): error is { exitCode: number } {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('commander.');
}
