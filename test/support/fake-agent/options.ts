import type { Program } from './script.ts';

/** The options of one command of a program: those that take a value, with its name, and those that do not (null). */
export type OptionTable = Readonly<Record<string, string | null>>;

const CODEX_COMMON: OptionTable = {
  '--config': 'key=value',
  '--enable': 'FEATURE',
  '--disable': 'FEATURE',
  '--strict-config': null,
  '--image': 'FILE',
  '--model': 'MODEL',
  '--dangerously-bypass-approvals-and-sandbox': null,
  '--dangerously-bypass-hook-trust': null,
  '--worktree': null,
  '--thread-source': 'SOURCE',
  '--skip-git-repo-check': null,
  '--ephemeral': null,
  '--ignore-user-config': null,
  '--ignore-rules': null,
  '--output-schema': 'FILE',
  '--json': null,
  '--output-last-message': 'FILE',
  '--help': null,
};

export const CODEX_EXEC: OptionTable = {
  ...CODEX_COMMON,
  '--oss': null,
  '--local-provider': 'OSS_PROVIDER',
  '--profile': 'CONFIG_PROFILE_V2',
  '--sandbox': 'SANDBOX_MODE',
  '--approve-for-me': null,
  '--cd': 'DIR',
  '--add-dir': 'DIR',
  '--trust': null,
  '--color': 'COLOR',
  '--version': null,
};

export const CODEX_RESUME: OptionTable = { ...CODEX_COMMON, '--last': null, '--all': null };

export const CLAUDE: OptionTable = {
  '--add-dir': 'directories...',
  '--agents': 'json-or-file',
  '--allowedTools': 'tools...',
  '--append-system-prompt': 'prompt',
  '--append-system-prompt-file': 'file',
  '--bare': null,
  '--continue': null,
  '--dangerously-skip-permissions': null,
  '--disallowedTools': 'tools...',
  '--effort': 'level',
  '--fallback-model': 'model',
  '--fork-session': null,
  '--include-partial-messages': null,
  '--input-format': 'format',
  '--json-schema': 'schema',
  '--max-budget-usd': 'amount',
  '--max-turns': 'turns',
  '--mcp-config': 'configs...',
  '--model': 'model',
  '--output-format': 'format',
  '--permission-mode': 'mode',
  '--print': null,
  '--resume': 'value',
  '--safe-mode': null,
  '--session-id': 'uuid',
  '--settings': 'file-or-json',
  '--system-prompt': 'prompt',
  '--system-prompt-file': 'file',
  '--system-prompt-snapshot': 'mode',
  '--tools': 'tools...',
  '--verbose': null,
  '--help': null,
  '--version': null,
};

const SHORT: Readonly<Record<Program, Readonly<Record<string, string>>>> = {
  acp: {},
  codex: {
    '-c': '--config',
    '-i': '--image',
    '-m': '--model',
    '-p': '--profile',
    '-s': '--sandbox',
    '-C': '--cd',
    '-o': '--output-last-message',
    '-h': '--help',
    '-V': '--version',
    '--yolo': '--dangerously-bypass-approvals-and-sandbox',
  },
  claude: {
    '-p': '--print',
    '-c': '--continue',
    '-r': '--resume',
    '-h': '--help',
    '-v': '--version',
    '--allowed-tools': '--allowedTools',
  },
};

export interface Parsed {
  /** Values by long option; several of a repeated one in order; `['']` of one without a value. */
  readonly options: ReadonlyMap<string, readonly string[]>;
  readonly words: readonly string[];
  /** The first argument that is no option of the command; nothing else counts then. */
  readonly unknown: string | null;
  /** The first option whose value is missing. */
  readonly incomplete: string | null;
}

/** Reads arguments as clap and commander do: `--a v`, `--a=v`, short names, `-` as a word, `...` options up to the next option. */
export function parseOptions(program: Program, table: OptionTable, argv: readonly string[]): Parsed {
  const options = new Map<string, string[]>();
  const words: string[] = [];
  for (let i = 0; i < argv.length; i += 1) {
    const word = argv[i]!;
    if (word === '-' || !word.startsWith('-')) {
      words.push(word);
      continue;
    }
    const [flag, inline] = word.startsWith('--') ? splitOnce(word) : [word];
    const name = SHORT[program][flag] ?? flag;
    const kind = table[name];
    if (kind === undefined) return { options, words, unknown: flag, incomplete: null };
    const values = options.get(name) ?? [];
    options.set(name, values);
    if (kind === null) values.push('');
    else if (inline !== undefined) values.push(inline);
    else if (i + 1 >= argv.length) return { options, words, unknown: null, incomplete: name };
    else values.push(argv[(i += 1)]!);
    while (kind?.endsWith('...') && i + 1 < argv.length && !argv[i + 1]!.startsWith('-')) values.push(argv[(i += 1)]!);
  }
  return { options, words, unknown: null, incomplete: null };
}

/** Help in the form of the real programs: one option a line, with its value's name. */
export function helpText(usage: string, table: OptionTable): string {
  const lines = Object.entries(table).map(([name, value]) => `  ${name}${value === null ? '' : ` <${value}>`}`);
  return [`Usage: ${usage}`, '', 'Options:', ...lines, ''].join('\n');
}

/** The table of a version that lacks some options and has others. */
export function edition(table: OptionTable, lacks: readonly string[], extra: readonly string[]): OptionTable {
  return Object.fromEntries([
    ...Object.entries(table).filter(([name]) => !lacks.includes(name)),
    ...extra.map((name) => [name, null] as const),
  ]);
}

function splitOnce(word: string): [string, string?] {
  const at = word.indexOf('=');
  return at < 0 ? [word] : [word.slice(0, at), word.slice(at + 1)];
}
