import { spawn } from 'node:child_process';
import { text as allOf } from 'node:stream/consumers';

/** A command as it is typed, and all that it printed. */
export interface Typed {
  readonly command: string;
  readonly output: string;
}

/** Runs a command line as somebody types it, without a terminal; rejects unless it ends with 0. */
export async function type(command: string, cwd: string, env: Readonly<Record<string, string>>): Promise<Typed> {
  const child = spawn('sh', ['-c', `{ ${command}; } 2>&1`], { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<number | null>((done) => child.on('close', done));
  const [output, code] = await Promise.all([allOf(child.stdout), ended]);
  if (code !== 0) throw new Error(`${command} ended with ${code ?? 'a signal'}:\n${output}`);
  return { command, output };
}

/** As a document shows it. */
export function shownAs(typed: readonly Typed[]): string {
  return typed.map(({ command, output }) => `$ ${command}\n${output}`).join('\n');
}

/** The lines that `output` does not have, or not in this order; ids, times, versions and places may differ. */
export function notPrinted(lines: readonly string[], output: string): string[] {
  const left = output.split('\n').map(neutral);
  return lines.filter((line) => {
    const at = left.indexOf(neutral(line));
    left.splice(0, at + 1);
    return at < 0;
  });
}

function neutral(line: string): string {
  return line
    .replace(/^\d\d:\d\d:\d\d /, '')
    .replace(/^((?:Commits|Took|Chain|Look|Squash|Paid):).*/, '$1')
    .replaceAll(/run-\d{8}T\d{6}Z-[0-9a-f]{8}/g, 'RUN')
    .replace(/(?<=Checkpoint )[0-9a-f]+/, 'COMMIT')
    .replace(/^( *)[0-9a-f]{7} /, '$1COMMIT ')
    .replace(/(?<=finished in )[^:]+/, 'TIME')
    .replace(/(?<=(?:passed|failed|skipped|reported) in ).+/, 'TIME')
    .replaceAll(/\b\d+\.\d+\.\d+\b/g, 'VERSION')
    .replaceAll(/'(\/[^']*)'/g, '$1')
    .replaceAll(/\/.*?\/(?:autoloop-demo-\w+|de mo|greeting)(?=[/)\s]|$)/g, 'FOLDER');
}
