/** One value of git's configuration, with the file that it stands in. `key` as git normalizes it. */
export interface ConfigValue {
  readonly key: string;
  readonly value: string;
  /** Absolute path of the file; another source (`command line:`) as git names it. */
  readonly origin: string;
}

/** Asks for every value with its origin; runs nothing that the configuration names. */
export const LIST_CONFIG = ['config', '--list', '--includes', '--show-origin', '-z'];

/** Reads what `LIST_CONFIG` printed: origin and entry by turns. */
export function parseConfig(output: Buffer): ConfigValue[] {
  const fields = output.toString().split('\0').slice(0, -1);
  const values: ConfigValue[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const entry = fields[at + 1] ?? '';
    const end = entry.indexOf('\n');
    // A key without `=` stands for true.
    const [key, value] = end < 0 ? [entry, 'true'] : [entry.slice(0, end), entry.slice(end + 1)];
    values.push({ key, value, origin: (fields[at] ?? '').replace(/^file:/, '') });
  }
  return values;
}

/** What git would execute, or let decide what it executes (docs/checkpoints.md), and what a fetch of missing objects would. */
const EXECUTED = new RegExp(
  `^(?:${[
    'filter\\..*\\.(?:clean|smudge|process)',
    'include(?:if\\..*)?\\.path',
    'core\\.(?:fsmonitor|hookspath|sshcommand|worktree|attributesfile|excludesfile|gitproxy|alternaterefscommand|askpass)',
    'core\\.(?:pager|editor|virtualfilesystem)',
    'hook\\..*\\.(?:command|event)',
    'gc\\.recentobjectshook',
    // git-lfs, which is a filter on many machines, starts programs of its own.
    'lfs\\.(?:standalonetransferagent|.*\\.(?:path|args|clean|smudge|standalonetransferagent))',
    'diff\\.external',
    'diff\\..*\\.(?:command|textconv)',
    'merge\\..*\\.driver',
    'gpg\\.(?:.*\\.)?program',
    'extensions\\..*',
    'credential\\.(?:.*\\.)?helper',
    'remote\\..*\\.(?:uploadpack|receivepack|vcs|promisor|partialclonefilter)',
    'protocol\\.(?:.*\\.)?allow',
  ].join('|')})$`,
  'is',
);

export function executedAmong(values: readonly ConfigValue[]): ConfigValue[] {
  // Where objects may be missing, any command of git fetches them from there, and git is run in what stands at such an address.
  const isPartial = values.some(({ key }) => /^(?:extensions\.partialclone|remote\..*\.promisor)$/is.test(key));
  return values.filter((value) => isExecuted(value) || (isPartial && ADDRESS.test(value.key)));
}

function isExecuted({ key, value }: ConfigValue): boolean {
  return EXECUTED.test(key) || (COMMAND_IF_BANG.test(key) && value.startsWith('!'));
}

const ADDRESS = /^(?:remote\..*\.url|url\..*\.insteadof)$/is;

/** The words of a command that name a file of its own: what is only a word (`git-lfs clean`) is looked up in PATH, or means something. */
export function filesNamed({ key, value }: ConfigValue): readonly string[] {
  if (NO_COMMAND.test(key)) return [];
  const words = value.split(/[\s"'`;|&<>()=!]+/).filter((word) => word !== '');
  return words.filter((word, at) => word.includes('/') || (at > 0 && /\w\.\w/.test(word)));
}

/** Files that are watched for what they say, and settings that no call of ours goes by. */
const NO_COMMAND =
  /^(?:include|extensions\.|protocol\.|remote\.|url\.|core\.(?:fsmonitor|hookspath|worktree|attributesfile|excludesfile)$)/is;

/** `checkout` and the like are only words. */
const COMMAND_IF_BANG = /^submodule\..*\.update$/is;

/** Lines of an attributes file that put a program of the configuration to work, in the form of values. */
export function attributeValues(text: string, origin: string): ConfigValue[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => !line.startsWith('#') && /\s(?:filter|diff|merge)=/.test(line))
    .map((value) => ({ key: 'attribute', value, origin }));
}

/** Those of `now` that are not among `known`: new ones, and those with another value. */
export function newValues(now: readonly ConfigValue[], known: Iterable<string>): ConfigValue[] {
  const set = new Set(known);
  return now.filter((value) => !set.has(valueId(value)));
}

/** By which a value is known again, wherever it stands. */
export function valueId({ key, value }: ConfigValue): string {
  return `${key}=${value}`;
}

/** The files that values may come from, beside those that they do come from. `~` is for the caller to resolve. */
export function includedFiles(values: readonly ConfigValue[]): { readonly file: string; readonly from: string }[] {
  return values
    .filter(({ key }) => /^include(?:if\..*)?\.path$/is.test(key))
    .map(({ value, origin }) => ({ file: value, from: origin }));
}
