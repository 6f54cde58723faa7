import { homedir } from 'node:os';
import path from 'node:path';
import { readCarefully } from '../../files/careful-read.ts';
import type { ProviderProblem } from '../find-program.ts';
import type { JsonObject } from '../json.ts';
import { listOf, objectOf, parseJson, textOf } from '../json.ts';
import type { PreflightWorld } from '../report.ts';
import type { ClaudeCalling } from './arguments.ts';
import { ownValue } from '../../core/own-value.ts';

type Strategy = ClaudeCalling['permissionStrategy'];

/** Nobody answers claude's questions in a run: what is not allowed is denied, and the turn is paid all the same. */
export function lookAtPermissions(strategy: Strategy, world: PreflightWorld): PermissionFindings {
  const found = new FoundSettings(world);
  const problems = [...rootProblem(strategy, found, world), ...writingProblem(strategy, found)];
  return { problems, notices: problems.length === 0 ? writingNotice(strategy, found) : [] };
}

interface PermissionFindings {
  readonly notices: readonly string[];
  readonly problems: readonly ProviderProblem[];
}

interface Finding {
  readonly file: string;
  readonly permissions: JsonObject;
}

/** What claude's settings say of permissions, in its order: where it takes one value, that of the last file counts. */
class FoundSettings {
  readonly #found: readonly Finding[];
  /** Hooks and plugins decide about single calls: what they would say is not known beforehand. */
  readonly asksPrograms: boolean;

  constructor(world: PreflightWorld) {
    const all = settingsFiles(world).map((file) => ({ file, settings: readSettings(file) ?? {} }));
    this.#found = all.map(({ file, settings }) => ({ file, permissions: objectOf(settings['permissions']) ?? {} }));
    this.asksPrograms = all.some(
      ({ settings }) => settings['hooks'] !== undefined || settings['enabledPlugins'] !== undefined,
    );
  }

  /** The mode in which claude starts. */
  get mode(): { readonly name: string; readonly file: string } | null {
    return this.#last('defaultMode');
  }

  /** Where bypassing is forbidden. */
  get forbidsBypass(): string | null {
    const found = this.#last('disableBypassPermissionsMode');
    return found?.name === 'disable' ? found.file : null;
  }

  /** Whether a rule allows any of writing; a rule for some calls may be enough for a run. */
  get allowsWriting(): boolean {
    return this.#rules('allow').some(({ rule }) => /^(Write|Edit|Bash)\b/.test(rule));
  }

  /** The files that together deny every way of writing; null where one is left. */
  get deniesWriting(): readonly string[] | null {
    const denied = this.#rules('deny');
    const files = WAYS_TO_WRITE.map((tool) => denied.find(({ rule }) => isWhole(rule, tool))?.file);
    return files.includes(undefined) ? null : [...new Set(files.filter((file) => file !== undefined))];
  }

  #last(key: string): { readonly name: string; readonly file: string } | null {
    const said = this.#found.flatMap(({ file, permissions }) => {
      const name = textOf(ownValue(permissions, key));
      return name === null || name === '' ? [] : [{ name, file }];
    });
    return said.at(-1) ?? null;
  }

  #rules(key: string): { readonly rule: string; readonly file: string }[] {
    return this.#found.flatMap(({ file, permissions }) =>
      listOf(ownValue(permissions, key)).map((rule) => ({ rule: textOf(rule) ?? '', file })),
    );
  }
}

const WAYS_TO_WRITE: readonly string[] = ['Write', 'Edit', 'Bash'];
const WRITES_BY_ITSELF: readonly string[] = ['acceptEdits', 'auto', 'bypassPermissions'];
const ASKS_BEFORE_WRITING: readonly string[] = ['dontAsk', 'default', 'manual'];

/** A rule for all calls of a tool. */
function isWhole(rule: string, tool: string): boolean {
  return rule === tool || rule === `${tool}(*)` || rule === `${tool}(**)`;
}

function rootProblem(strategy: Strategy, found: FoundSettings, world: PreflightWorld): ProviderProblem[] {
  if (world.uid !== 0 || world.env['IS_SANDBOX'] === '1') return [];
  const { mode } = found;
  const own = mode?.name === 'bypassPermissions' ? `permissions.defaultMode in ${mode.file}` : null;
  const setting = strategy === 'bypass' ? 'provider.claude.permission_strategy: bypass' : own;
  if (setting === null) return [];
  return [
    {
      text: `claude refuses to bypass permissions for root (${setting})`,
      hint: 'Run as another user, set IS_SANDBOX=1 if this machine is a sandbox, or use permission_strategy: allow_core_tools with another mode.',
    },
  ];
}

/** What is known to deny all writing is told before a turn is paid. */
function writingProblem(strategy: Strategy, found: FoundSettings): ProviderProblem[] {
  const denied = found.deniesWriting;
  if (denied !== null) {
    return [nothing(`permissions.deny of ${denied.join(' and ')} names Write, Edit and Bash`, 'Take one of them out.')];
  }
  if (found.asksPrograms) return [];
  const { mode, forbidsBypass } = found;
  const isBypassed = strategy === 'bypass' && forbidsBypass === null;
  if (mode?.name === 'plan' && !isBypassed) {
    return [nothing(`${mode.file} says permissions.defaultMode: plan`, 'Say acceptEdits there, or take it out.')];
  }
  if (found.allowsWriting || WRITES_BY_ITSELF.includes(mode?.name ?? '')) return [];
  if (strategy === 'bypass' && forbidsBypass !== null) {
    return [nothing(`${forbidsBypass} forbids to bypass permissions, and nothing else allows writing`, ALLOW)];
  }
  if (strategy !== 'inherit' || mode === null || !ASKS_BEFORE_WRITING.includes(mode.name)) return [];
  return [nothing(`${mode.file} says permissions.defaultMode: ${mode.name}, and nothing allows writing`, ALLOW)];
}

const ALLOW =
  'Set provider.claude.permission_strategy: allow_core_tools (`autoloop init --provider claude` does), or allow Write and Edit there.';

function nothing(why: string, hint: string): ProviderProblem {
  return { text: `claude could change nothing: ${why}`, hint };
}

function writingNotice(strategy: Strategy, found: FoundSettings): string[] {
  if (strategy !== 'inherit' || found.allowsWriting || WRITES_BY_ITSELF.includes(found.mode?.name ?? '')) return [];
  return [
    "no settings of claude's that allow writing were found, so its turns may change nothing; provider.claude.permission_strategy: allow_core_tools allows it",
  ];
}

/** In the order in which claude goes by them: the last one is an administrator's. */
function settingsFiles(world: PreflightWorld): string[] {
  const home = world.env['CLAUDE_CONFIG_DIR'] ?? path.join(world.env['HOME'] ?? homedir(), '.claude');
  const project = path.join(world.cwd, '.claude');
  return [
    path.join(home, 'settings.json'),
    path.join(project, 'settings.json'),
    path.join(project, 'settings.local.json'),
    process.platform === 'darwin'
      ? '/Library/Application Support/ClaudeCode/managed-settings.json'
      : '/etc/claude-code/managed-settings.json',
  ];
}

function readSettings(file: string): JsonObject | null {
  try {
    return objectOf(parseJson(readCarefully(file, { followLinks: true })?.toString() ?? ''));
  } catch {
    return null; // claude cannot read it either.
  }
}
