import { fileURLToPath } from 'node:url';
import type { JsonObject } from '../json.ts';
import { listOf, objectOf, textOf } from '../json.ts';

/** A tool call, as far as the agent has told of it. */
export interface ToolCall {
  readonly title: string;
  /** `read`, `edit`, `execute`, …; null: it never said. */
  readonly kind: string | null;
  readonly status: string | null;
  /** Every path that was named for it; null stands for one that is no text. */
  readonly paths: readonly (string | null)[];
  /** Folders that it is to work in: where a relative path may start from, beside the workspace. */
  readonly folders: readonly string[];
  /** Whether what it is called with is still to come. */
  readonly isBlank: boolean;
}

/** The tool calls of one turn, by id: what comes later about a call holds only what is new. */
export class Tools {
  readonly #calls = new Map<string, ToolCall>();

  /** Takes in a `tool_call`, a `tool_call_update` or the call of a permission request. `before`: null where it is a new one. */
  note(told: JsonObject): { readonly call: ToolCall; readonly before: ToolCall | null } {
    const id = textOf(told['toolCallId']) ?? '';
    const before = this.#calls.get(id) ?? null;
    const status = textOf(told['status']) ?? before?.status ?? null;
    const paths = [...new Set([...(before?.paths ?? []), ...pathsIn(told)])];
    const folders = [...new Set([...(before?.folders ?? []), ...foldersIn(told['rawInput'], 0)])];
    const isTooMuch = paths.length > MOST_NAMED || folders.length > MOST_NAMED;
    const call: ToolCall = {
      title: titleOf(told) ?? before?.title ?? 'a tool',
      kind: textOf(told['kind']) ?? before?.kind ?? null,
      status,
      // What goes beyond is not looked at, and so it is not known where it leads.
      paths: isTooMuch ? [...paths.slice(0, MOST_NAMED - 1), null] : paths,
      folders: folders.slice(0, MOST_NAMED),
      isBlank: status === 'pending' && isBlank(told['rawInput']) && (before?.isBlank ?? true),
    };
    this.#calls.set(id, call);
    return { call, before };
  }
}

export function isOver(call: ToolCall): boolean {
  return call.status === 'completed' || call.status === 'failed';
}

function titleOf(told: JsonObject): string | null {
  const title = textOf(told['title'])?.trim() ?? '';
  return title === '' ? null : title;
}

/** Agents announce a call before the model has said all of it: with no input, or only the folder it is for. */
function isBlank(input: unknown): boolean {
  const given = objectOf(input);
  return given !== null && Object.keys(given).every((name) => name === 'cwd');
}

/** What the call says of files: its locations, the paths of its input, and the diffs that it shows. */
function pathsIn(told: JsonObject): (string | null)[] {
  const locations = listOf(told['locations']).map((each) => textOf(objectOf(each)?.['path']));
  const diffs = listOf(told['content']).flatMap((each) => {
    const shown = objectOf(each);
    return shown?.['type'] === 'diff' ? [textOf(shown['path'])] : [];
  });
  return [...[...locations, ...diffs].map(pathOf), ...namedPaths(told['rawInput'], 0)];
}

/** Paths, and folders, that are kept of one call. */
const MOST_NAMED = 1000;

/** Names of input fields that hold a path, in lower case and without `_` and `-`. */
const PATH_FIELDS =
  /^(?:(?:abs|absolute|relative|old|new|source|src|target|destination|dest|dst|root|base|input|output|notebook|file|dir|directory|folder)?(?:path|paths|file|files|filename|filenames|filepath|filepaths)|cwd|workdir|workingdirectory|workingdir|dir|dirs|dirpath|directory|directories|folder|folders|source|destination|uri|fileuri)$/;
const DEEPEST = 6;

function namedPaths(value: unknown, depth: number): (string | null)[] {
  // What lies deeper is not looked at, and so it is not known where it leads.
  if (depth > DEEPEST) return typeof value === 'object' && value !== null ? [null] : [];
  if (Array.isArray(value)) return value.flatMap((each) => namedPaths(each, depth + 1));
  return Object.entries(objectOf(value) ?? {}).flatMap(([name, inside]) => {
    const isPath = PATH_FIELDS.test(name.toLowerCase().replace(/[_-]/g, ''));
    // Patches are mappings from paths to changes.
    const keys = name === 'changes' ? Object.keys(objectOf(inside) ?? {}) : [];
    const here = isPath ? [inside].flat().filter((each) => typeof each === 'string') : [];
    return [...keys, ...here.map(pathOf), ...namedPaths(inside, depth + 1)].filter((path) => path !== '');
  });
}

const FOLDER_FIELDS = /^(?:cwd|workdir|workingdirectory|workingdir)$/;

function foldersIn(value: unknown, depth: number): string[] {
  if (depth > DEEPEST) return [];
  if (Array.isArray(value)) return value.flatMap((each) => foldersIn(each, depth + 1));
  return Object.entries(objectOf(value) ?? {}).flatMap(([name, inside]) => {
    if (typeof inside !== 'string') return foldersIn(inside, depth + 1);
    const path = FOLDER_FIELDS.test(name.toLowerCase().replace(/[_-]/g, '')) ? pathOf(inside) : null;
    return path === null || path === '' ? [] : [path];
  });
}

/** Null: it is no path of this machine. */
function pathOf(text: string | null): string | null {
  if (text === null || !/^[a-z][a-z0-9+.-]+:\/\//i.test(text)) return text;
  try {
    return fileURLToPath(text);
  } catch {
    return null;
  }
}
