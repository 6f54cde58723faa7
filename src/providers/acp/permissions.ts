import { screenLine } from '../../core/screen.ts';
import type { JsonObject } from '../json.ts';
import { listOf, objectOf, textOf } from '../json.ts';
import { isInside } from './places.ts';
import type { ToolCall } from './tools.ts';

export type PermissionPolicy = 'workspace' | 'allow' | 'reject';

/** The answer to a permission request in the protocol's form. */
export interface Decision {
  readonly outcome: { readonly outcome: 'cancelled' } | { readonly outcome: 'selected'; readonly optionId: string };
  /** What was denied and why, in words that name the setting; null: it was allowed. */
  readonly denied: string | null;
}

export const CANCELLED: Decision = { outcome: { outcome: 'cancelled' }, denied: null };

/** Kinds of tools that work on the workspace. `execute` is one, though a command may reach further: see docs/providers.md. */
const WORKSPACE_KINDS = ['read', 'edit', 'delete', 'move', 'search', 'think', 'execute'];

/**
 * Decides about a permission request, by the kinds of its options and never by their ids or order. `root`: the real path of the
 * workspace, which relative paths start from.
 */
export function decide(policy: PermissionPolicy, root: string, request: JsonObject, call: ToolCall): Decision {
  const options = listOf(request['options']).map((each) => objectOf(each) ?? {});
  const why = whyNot(policy, root, call);
  const [first, second, others] =
    why === null ? ([...ALLOWING, REJECTING] as const) : ([...REJECTING, ALLOWING] as const);
  const id = idOf(options, first, others) ?? idOf(options, second, others);
  const outcome = id === null ? CANCELLED.outcome : ({ outcome: 'selected', optionId: id } as const);
  if (why === null && id !== null) return { outcome, denied: null };
  return { outcome, denied: `${nameOf(call)} (${why ?? 'the agent offers no way to allow it'})` };
}

const ALLOWING = ['allow_once', 'allow_always'] as const;
const REJECTING = ['reject_once', 'reject_always'] as const;

/** Of the first option of a kind. An id that one of the others has as well says neither. */
function idOf(options: readonly JsonObject[], kind: string, others: readonly string[]): string | null {
  const isOther = (id: string) =>
    options.some((each) => each['optionId'] === id && others.includes(String(each['kind'])));
  const ids = options.flatMap((each) => (each['kind'] === kind ? (textOf(each['optionId']) ?? []) : []));
  return ids.find((id) => !isOther(id)) ?? null;
}

/** Null: it may. */
function whyNot(policy: PermissionPolicy, root: string, { kind, paths, folders }: ToolCall): string | null {
  switch (policy) {
    case 'allow':
      return null;
    case 'reject':
      return 'provider.acp.permissions: workspace or allow would let it';
    case 'workspace': {
      const outside = paths.find((path) => path === null || !isInside(root, path, folders));
      if (outside === null)
        return 'it names a path that cannot be followed; provider.acp.permissions: allow would let it';
      if (outside !== undefined)
        return `${screenLine(outside, 200)} is outside the workspace; provider.acp.permissions: allow would let it`;
      if (kind !== null && WORKSPACE_KINDS.includes(kind)) return null;
      return 'provider.acp.permissions: allow would let it';
    }
  }
}

function nameOf({ kind, title }: ToolCall): string {
  const shown = screenLine(title, 120);
  return kind === null || title.toLowerCase().startsWith(kind) ? shown : `${screenLine(kind, 20)} ${shown}`;
}
