/**
 * A program with one supervised process, for tests that kill it: `supervised.ts <folder> <command> [argument...]`.
 * Keeps its ledger in <folder>/ledger and the log in <folder>/turn.log; prints what came of it as one line of JSON.
 * The first signal stops the process, the second one hurries. With BED_GROUP=1 in a control group, where the system has one, and
 * with a child of its own beside the supervised process. With BED_DEAF it turns in a circle for ever (`spins`), or never ends
 * (`hangs`), a moment after the first signal; with `held` the kernel holds it in a call from SIGUSR2 on, where <folder>/held is such a place.
 */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';

if (process.argv[2] === '--internal-watchdog') {
  const { keepWatch } = await import('../../src/supervision/watchdog.ts');
  await keepWatch(process.argv[3] ?? '', process.argv[4] ?? '', process.argv[5]);
}
const { startSupervisor } = await import('../../src/supervision/supervisor.ts');
const [folder = '', command = '', ...args] = process.argv.slice(2);
const DEAF = process.env['BED_DEAF'] ?? '';
const stop = new AbortController();
const hurry = new AbortController();
/** Told to stop; else nothing comes of it. */
const told = DEAF === '' ? stop : new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    if (DEAF === 'spins') setTimeout(() => turnForEver(), 50);
    if (DEAF === '') (stop.signal.aborted ? hurry : stop).abort();
    else told.abort();
  });
}
if (DEAF === 'held') process.on('SIGUSR2', () => readdirSync(`${folder}/held`));
const supervisor = startSupervisor({
  directory: `${folder}/ledger`,
  controlGroup: process.env['BED_GROUP'] === '1',
  stop: told.signal,
});
if (process.env['BED_GROUP'] === '1') spawn('tail', ['-f', '/dev/null', `${folder}/ours`], { stdio: 'ignore' });
let lines = 0;
let characters = 0;
const result = await supervisor.run({
  command,
  args,
  cwd: folder,
  env: process.env,
  input: '',
  logFile: `${folder}/turn.log`,
  onLine: (line) => {
    lines += 1;
    characters += line.length;
  },
  idleTimeoutMs: 60_000,
  turnTimeoutMs: 60_000,
  graceMs: 10_000,
  stop: stop.signal,
  hurry: hurry.signal,
});
await supervisor.close();
const peakBytes = process.resourceUsage().maxRSS * 1024;
process.stdout.write(`${JSON.stringify({ result, lines, characters, peakBytes })}\n`);

function turnForEver(): never {
  for (;;);
}

export {};
