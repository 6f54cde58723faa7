import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PROJECT } from '../test/support/compiled.ts';
import { commandUnderTest } from '../test/support/sandbox.ts';

/** A program to measure: an executable and the arguments that always come first. */
export interface Program {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
}

/** The built program, or the words of UNDER_TEST. */
export function ours(): Program {
  return { name: 'autoloop', ...commandUnderTest() };
}

/** Another program that takes the same options, as words; those that name a file are taken from the current folder. */
export function peer(command: string): Program {
  const words = command.split(' ').filter((word) => word !== '');
  const [file = '', ...args] = words.map((word) => (existsSync(word) ? path.resolve(word) : word));
  return { name: 'peer', file, args };
}

/** What starting costs before any code of ours runs: an empty program, compiled with the same flags as ours. */
export function emptyProgram(folder: string): Program {
  const source = path.join(folder, 'empty.ts');
  const file = path.join(folder, 'empty');
  mkdirSync(folder, { recursive: true });
  writeFileSync(source, 'export {};\n');
  const flags = ['--minify', '--bytecode', '--no-compile-autoload-bunfig', '--no-compile-autoload-dotenv'];
  const bun = path.join(PROJECT, 'node_modules/.bin/bun');
  execFileSync(bun, ['build', '--compile', ...flags, `--outfile=${file}`, source], { cwd: folder, stdio: 'ignore' });
  return { name: 'empty Bun program', file, args: [] };
}

/** An interpreter that does nothing, by its own path: version managers put a slow script before it. Null: there is none. */
export function emptyPython(): Program | null {
  const { status, stdout } = spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' });
  return status === 0 ? { name: 'empty python3 program', file: stdout.trim(), args: ['-c', 'pass'] } : null;
}
