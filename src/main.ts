#!/usr/bin/env node
/**
 * argv -> command -> exit code. The two hidden first arguments are decided before anything else is loaded: the watchdog must
 * cost next to nothing, and the rehearsal agent is a program of its own.
 */
async function main(): Promise<void> {
  const [first, ...rest] = process.argv.slice(2);
  if (first === '--internal-watchdog') {
    const { keepWatch } = await import('./supervision/watchdog.ts');
    await keepWatch(rest[0] ?? '');
  } else if (first === '--internal-rehearsal') {
    const { runRehearsal } = await import('./rehearsal/agent.ts');
    process.exitCode = await runRehearsal(rest);
  } else {
    const { runCommandLine } = await import('./cli/command-line.ts');
    process.exitCode = await runCommandLine(process.argv.slice(2));
  }
}

void main();
