import { spawn } from 'node:child_process';
import type { Notice } from '../core/notices.ts';
import type { SendingWorld } from './webhook.ts';
import { ownValue } from '../core/own-value.ts';

const LONGEST_MS = 10_000;

type World = Pick<SendingWorld, 'env' | 'stop'>;

/** Starts the user's own program with a notice. Resolves with what went wrong; null: it ended well. */
export async function runCommand(argv: readonly string[], notice: Notice, world: World): Promise<string | null> {
  const { title, text, kind, url } = notice;
  const values: Readonly<Record<string, string>> = { title, text, kind, url: url ?? '' };
  const words = argv.map((word) =>
    word.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => ownValue(values, name) ?? whole),
  );
  const problem = await run(words, `${JSON.stringify(notice)}\n`, world);
  return problem === null ? null : `notify.command: ${problem}`;
}

/** Shows a notice on the desktop: by its own program, else by the terminal, where one is there. Resolves as `runCommand`. */
export async function showOnDesktop({ title, text }: Notice, world: World): Promise<string | null> {
  const isMac = process.platform === 'darwin';
  const script = 'on run argv\ndisplay notification (item 2 of argv) with title (item 1 of argv)\nend run';
  const argv = isMac ? ['osascript', '-e', script, title, text] : ['notify-send', '--', title, text];
  const problem = await run(argv, '', world);
  if (problem === null) return null;
  if (!process.stderr.isTTY) return `notify.desktop: ${problem}`;
  // The text has no control characters: it was made for a screen.
  process.stderr.write(`\x1b]9;${`${title}: ${text}`.replaceAll('\n', ' ')}\x07`);
  return null;
}

function run([program = '', ...args]: readonly string[], input: string, world: World): Promise<string | null> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['pipe', 'ignore', 'ignore'], env: { ...world.env } });
    const late = () => {
      child.kill('SIGKILL');
      end(`${program} took too long`);
    };
    const timer = setTimeout(late, LONGEST_MS);
    world.stop.addEventListener('abort', late);
    const end = (problem: string | null) => {
      clearTimeout(timer);
      world.stop.removeEventListener('abort', late);
      resolve(problem);
    };
    child.once('error', (error: NodeJS.ErrnoException) =>
      end(`${program} ${error.code === 'ENOENT' ? 'is not installed' : `cannot be started (${error.code ?? ''})`}`),
    );
    child.once('exit', (code) => end(code === 0 ? null : `${program} ended with ${code ?? 'a signal'}`));
    child.stdin.on('error', () => undefined); // It may end without reading.
    child.stdin.end(input);
  });
}
