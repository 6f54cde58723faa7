import { isPhased, type Pair, type Role } from '../core/vocabulary.ts';
import { TEMPLATES } from './assets.ts';
import type { TurnContext } from './context.ts';
import { fillPlaceholders, type PlaceholderValues } from './placeholders.ts';
import { preambleOf } from './preamble.ts';

/**
 * The whole prompt of a turn, the same for every provider: the preamble, then the role's instructions, from the most
 * particular to what holds in every turn, so that the form of the answer comes last.
 */
export function renderTurn(context: TurnContext): string {
  const { checks = null } = context;
  if (checks === null) return rendered(context, null);
  const rest = rendered({ ...context, request: '', note: null }, '');
  return rendered(context, checks(MOST_BYTES - new TextEncoder().encode(rest).length));
}

/** What a prompt takes at most beside the request, a note, and a contract that is long by itself: results of checks get what is left. */
const MOST_BYTES = 9 * 1024;

function rendered(context: TurnContext, checks: string | null): string {
  const { scope, role } = context;
  const instructions = [
    TEMPLATES[templateName(scope.pair, role)],
    TEMPLATES[`common-${role}`],
    TEMPLATES['common-rules'],
  ]
    .map((template) => template.trimEnd())
    .join('\n\n');
  return `${preambleOf(context, checks)}\n\n${fillPlaceholders(instructions, valuesOf(context))}\n`;
}

/** The name of a role's template, as it stands in `template=` of the raw log (docs/state.md). */
export function templateName(pair: Pair, role: Role): `${Pair}-${Role}` {
  return `${pair}-${role}`;
}

function valuesOf({ files, scope }: TurnContext): PlaceholderValues {
  return {
    artifact_dir: files.artifactDir,
    criteria_file: `${files.artifactDir}/criteria.md`,
    feedback_file: `${files.artifactDir}/feedback.md`,
    run_artifacts_dir: files.runArtifactsDir,
    run_decisions_file: files.decisions,
    request_file: files.request,
    raw_log_file: files.rawLog,
    events_file: files.events,
    session_file: files.session,
    phaseKey: isPhased(scope.pair) ? lastSegment(files.artifactDir) : null,
  };
}

/** The store alone decides how a phase's folder is named; implement and test name it alike. */
function lastSegment(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
