#!/usr/bin/env node
import { writeFileSync } from 'node:fs';
import { BUILT } from './cli/built.ts';
import { BATCHED_ARGUMENT, CRASHED_ARGUMENT, REHEARSAL_ARGUMENT, WATCHDOG_ARGUMENT } from './core/hidden-arguments.ts';

/**
 * argv -> command -> exit code. The hidden first arguments are decided before anything else is loaded: the watchdog must
 * cost next to nothing, and the rehearsal agent is a program of its own.
 */
async function main(): Promise<void> {
  const [first, ...rest] = process.argv.slice(2);
  if (first === WATCHDOG_ARGUMENT) {
    const { keepWatch } = await import('./supervision/watchdog.ts');
    const [ledger = '', header = '', rank] = rest;
    await keepWatch(ledger, header, rank);
  } else if (first === REHEARSAL_ARGUMENT) {
    const { runRehearsal } = await import('./rehearsal/agent.ts');
    process.exitCode = await runRehearsal(rest);
  } else if (first === BATCHED_ARGUMENT) {
    const { endWith } = await import('./supervision/end-with.ts');
    const { runCommandLine } = await import('./cli/command-line.ts');
    const [owner = '', ...args] = rest;
    endWith(Number(owner));
    process.exitCode = await runCommandLine(args);
  } else if (first === CRASHED_ARGUMENT) {
    const { tellOfCrash } = await import('./commands/crashed.ts');
    await tellOfCrash(rest[0] ?? '');
  } else {
    const isHelp = rest.length === 0 && (first === '--help' || first === '-h');
    if (isHelp && printBuiltHelp()) return;
    const { runCommandLine } = await import('./cli/command-line.ts');
    process.exitCode = await runCommandLine(process.argv.slice(2));
  }
}

/**
 * Prints the help as the build rendered it: commander and node's streams take longer to start than the program does.
 * False when there is no such text, or when it cannot be printed: the long way tells why.
 */
function printBuiltHelp(): boolean {
  if (BUILT === null) return false;
  try {
    writeFileSync(1, BUILT.help);
    return true;
  } catch {
    return false; // The long way meets the same error.
  }
}

void main();
