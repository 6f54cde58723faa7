import { styleText } from 'node:util';

/** The operator's two streams. Colours and moving lines only where a terminal reads and `NO_COLOR` is unset. */
export interface Screen {
  /** Whether standard output is a terminal on which a line may be rewritten. */
  readonly isTerminal: boolean;
  out(text: string): void;
  err(text: string): void;
  /** A line of standard output, with its mark in colour. */
  line(text: string): void;
  warn(text: string): void;
}

export function processScreen(): Screen {
  const isLively = (stream: NodeJS.WriteStream) => stream.isTTY && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
  const out = (text: string) => void process.stdout.write(text);
  const err = (text: string) => void process.stderr.write(text);
  return {
    isTerminal: isLively(process.stdout),
    out,
    err,
    line: (text) => out(`${isLively(process.stdout) ? coloured(text) : text}\n`),
    warn: (text) => {
      const mark = '[!] WARNING:';
      err(`${isLively(process.stderr) ? styleText('yellow', mark, { validateStream: false }) : mark} ${text}\n`);
    },
  };
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
