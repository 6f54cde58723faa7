import { type Check, commandText, GATES, PARSERS, WHENS } from '../../core/checks/check.ts';
import { printable } from '../found.ts';
import type { KeyRow } from '../key-row.ts';
import {
  choice,
  either,
  field,
  FLAG,
  integer,
  list,
  LOGGED_COMMAND,
  mapping,
  MINUTES,
  needed,
  text,
  TEXT,
} from '../kinds.ts';

const CHECK = mapping({
  name: needed(text(/^[a-z0-9][a-z0-9._-]{0,39}$/, 'a name of a-z, 0-9, ".", "_" and "-", at most 40'), 'Its name.'),
  run: needed(either(LOGGED_COMMAND, list(LOGGED_COMMAND, 'list of strings, the program first')), 'The command.'),
  parser: field(choice(...PARSERS), 'auto', 'What its results are read as.'),
  results: field(
    text(/^(?!\/)(?!.*\.\.)[^\0]+$/, 'relative glob without ..'),
    null,
    'The files that it writes results to.',
  ),
  when: field(choice(...WHENS), 'auto', 'From when on it is run.'),
  gate: field(choice(...GATES), null, 'What it asks for.'),
  held_back: field(FLAG, false, 'Whether agents are kept from seeing more than its verdict.'),
  timeout_minutes: field(MINUTES, 10, 'How long it may take.'),
});

/** What success has to rest on: the commands that are run, and how. */
export const CHECK_KEYS = [
  {
    key: 'checks',
    isRisky: true,
    told: commands,
    kind: list(CHECK, 'list of mappings with name and run', 'name'),
    default: null,
    meaning: 'Commands whose results decide whether a run succeeds. Unset: looked for; `[]`: none.',
    kept: true,
  },
  {
    key: 'evidence.mode',
    kind: choice('auto', 'required', 'off'),
    default: 'auto',
    meaning: 'Whether success needs proof: where checks are known, always, or never.',
    kept: true,
  },
  {
    key: 'evidence.setup',
    isRisky: true,
    kind: LOGGED_COMMAND,
    default: null,
    meaning: 'Command that prepares the clean copy of the sources when it is new or a lock file differs.',
    kept: true,
  },
  {
    key: 'evidence.carry',
    kind: list(TEXT, 'list of names or paths'),
    default: ['node_modules', '.venv', 'venv', 'vendor'],
    meaning: 'Ignored folders that the clean copy shares with the work tree.',
    kept: true,
  },
  {
    key: 'evidence.keep',
    kind: list(TEXT, 'list of paths'),
    default: null,
    meaning: 'Ignored paths that stay in the clean copy between checks. Unset: `target` beside a Cargo.toml.',
    kept: true,
  },
  {
    key: 'evidence.where',
    kind: choice('auto', 'clean', 'in_place'),
    default: 'auto',
    meaning: 'Where checks run: in a clean copy, or in the work tree where they only pass there.',
    kept: true,
  },
  {
    key: 'evidence.guards',
    kind: list(TEXT, 'list of globs'),
    default: [],
    meaning: 'Further files that decide what a check says, beside tests and configuration of runners.',
    kept: true,
  },
  {
    key: 'evidence.retries',
    kind: integer({ least: 0, most: 5 }),
    default: 2,
    meaning: 'How often a new failure is tried again before it counts.',
    kept: true,
  },
  {
    key: 'evidence.max_minutes',
    kind: MINUTES,
    default: null,
    meaning: 'Time that checks may take in a run and its follow-ups, after which it pauses.',
    kept: true,
  },
] as const satisfies readonly KeyRow[];

/** `test (npm test), lint (npm run lint)`: what they run; `--print-config` shows the rest. */
function commands(checks: unknown): string {
  const told = (checks as readonly Pick<Check, 'name' | 'run'>[]).map(
    ({ name, run }) => `${name} (${commandText(run)})`,
  );
  return told.length === 0 ? 'none' : printable(told.join(', '));
}
