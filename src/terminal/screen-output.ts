import { styleText } from 'node:util';
import { redactTokens } from '../core/redact.ts';
import { clockTime } from '../core/time-text.ts';

/**
 * The operator's two streams. Colours and moving lines only where a terminal reads and `NO_COLOR` is unset. What agents say may hold a
 * secret, and the output be kept in a file: lines are written without what has the shape of one.
 */
export interface Screen {
  /** Whether standard output is a terminal on which a line may be rewritten. */
  readonly isTerminal: boolean;
  /** As it is: what moves the cursor. */
  out(text: string): void;
  /** Whole lines of standard output, and on a terminal a prompt. */
  text(text: string): void;
  err(text: string): void;
  /** A line of standard error about what goes on; like `line` it begins with the time of the day where nobody watches. */
  note(text: string): void;
  /** A line of standard output, with its mark in colour; not on a terminal it begins with the time of the day. */
  line(text: string): void;
  warn(text: string): void;
}

export function processScreen(): Screen {
  const isLively = (stream: NodeJS.WriteStream) => stream.isTTY && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
  const out = (text: string) => void process.stdout.write(text);
  const err = (text: string) => void process.stderr.write(redactTokens(text));
  const clock = (stream: NodeJS.WriteStream, text: string) => (stream.isTTY ? text : withClock(text, new Date()));
  const text = (lines: string) => out(clock(process.stdout, redactTokens(lines)));
  return {
    isTerminal: isLively(process.stdout),
    out,
    err,
    note: (line) => err(clock(process.stderr, `\n${line}\n`)),
    text,
    line: (line) => text(`${isLively(process.stdout) ? coloured(line) : line}\n`),
    warn: (warning) => {
      const mark = '[!] WARNING:';
      const shown = isLively(process.stderr) ? styleText('yellow', mark, { validateStream: false }) : mark;
      err(clock(process.stderr, `${shown} ${warning}\n`));
    },
  };
}

/** Whoever reads a run's output later wants to know when: each line begins with the time of the day, and no line is empty. */
export function withClock(text: string, now: Date): string {
  return text.replace(/^(?=.)/gm, `${clockTime(now)} `).replace(/^\n/gm, '');
}

const COLOURS = {
  SUCCESS: 'green',
  FAILED: 'red',
  ERROR: 'red',
  BLOCKED: 'magenta',
  'FOLLOW-UP': 'cyan',
  PAUSED: 'yellow',
  'AGENT QUESTION': 'cyan',
} as const;

function coloured(text: string): string {
  if (/^(?:\n)?(?:=====|---)/.test(text)) return styleText('bold', text, { validateStream: false });
  return text.replace(/^\[([A-Z -]+)\]/, (mark, name: string) => {
    const colour = COLOURS[name as keyof typeof COLOURS] as (typeof COLOURS)[keyof typeof COLOURS] | undefined;
    return colour === undefined ? mark : styleText(colour, mark, { validateStream: false });
  });
}
