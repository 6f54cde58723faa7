import { STATE_FOLDER } from '../../core/state-folder.ts';
import type { KeyRow } from '../key-row.ts';
import { choice, FLAG, integer, MINUTES, number, OPPOSITE, PAIR_LIST } from '../kinds.ts';

const LOOP = [
  {
    key: 'runtime.pairs',
    kind: PAIR_LIST,
    default: 'plan,implement,test,audit',
    meaning: 'Pairs that a run works, always in this order.',
    option: { flags: '--pairs <list>', help: 'pairs to run, of plan,implement,test,audit' },
    essential: true,
  },
  {
    key: 'runtime.max_iterations',
    kind: integer({ least: 1 }),
    default: 15,
    meaning: 'Cycles that a pair may take, for each phase.',
    option: { flags: '--max-iterations <n>', help: 'cycles per pair and phase' },
    essential: true,
  },
  {
    key: 'runtime.max_phases',
    kind: integer({ least: 1 }),
    default: 30,
    meaning: 'Phases that a plan may have; one with more goes back to the planner.',
  },
  {
    key: 'runtime.phase_mode',
    kind: choice('single', 'up-to'),
    default: 'single',
    meaning: 'Whether --phase-id means that phase or all up to it.',
    option: { flags: '--phase-mode <mode>', help: 'that phase alone, or all up to it' },
    kept: true,
  },
  {
    key: 'runtime.intent_mode',
    kind: choice('replace', 'append', 'preserve'),
    default: 'preserve',
    meaning: 'What a new intent does to the stored request of a task that exists.',
    option: { flags: '--intent-mode <mode>', help: 'how an intent changes the request of a task', group: 'task' },
  },
  {
    key: 'runtime.full_auto_answers',
    kind: FLAG,
    default: false,
    meaning: "Whether an agent answers the agents' questions.",
    option: { flags: '--full-auto-answers', help: 'let an agent answer the agents’ questions', off: 'ask me' },
  },
  {
    key: 'runtime.approve_plan',
    kind: FLAG,
    default: false,
    meaning: 'Whether a run waits for a person to approve its plan before it goes on.',
    option: { flags: '--approve-plan', help: 'wait until I have approved the plan', off: 'go on with any plan' },
    kept: true,
  },
  {
    key: 'runtime.wait_minutes',
    kind: number({ least: 0 }, '(minutes)'),
    default: 0,
    meaning: 'How long a run that nobody answers stays with a question or an approval before it pauses.',
  },
  {
    key: 'runtime.worktree',
    kind: FLAG,
    default: false,
    meaning: 'Whether every new run gets a work tree and a branch of its own, as with `--worktree`.',
    recorded: false,
  },
  {
    key: 'runtime.no_git',
    at: 'runtime.useGit',
    kind: OPPOSITE,
    default: false,
    meaning: 'Whether runs go without commits.',
    option: { flags: '--git', help: 'checkpoints as git commits', off: 'no checkpoints' },
  },
  {
    key: 'runtime.track_autoloop_artifacts',
    at: 'runtime.trackArtifacts',
    kind: FLAG,
    default: true,
    meaning: `Whether checkpoints hold the task's files under ${STATE_FOLDER}/.`,
    option: {
      flags: '--track-autoloop-artifacts',
      help: `commit the task’s files under ${STATE_FOLDER}/`,
      off: 'leave them out of commits',
    },
  },
  {
    key: 'runtime.auto_followup',
    kind: FLAG,
    default: true,
    meaning: 'Whether gaps that the audit finds start a follow-up run.',
    option: {
      flags: '--auto-followup',
      help: 'start a further run for the gaps that the audit finds',
      off: 'stop there',
    },
  },
  {
    key: 'runtime.auto_followup_max_depth',
    kind: integer({ least: 0 }),
    default: 3,
    meaning: 'How many follow-up runs a chain may have.',
    option: { flags: '--auto-followup-max-depth <n>', help: 'longest chain of follow-up runs' },
    kept: true,
  },
] as const satisfies readonly KeyRow[];

const BOUNDS = [
  {
    key: 'runtime.verifier_session',
    kind: choice('shared', 'separate'),
    default: 'shared',
    meaning: 'Whether the verifier shares the conversation of the producer or has its own.',
  },
  {
    key: 'runtime.verifier_scope',
    kind: choice('warn', 'strict'),
    default: 'warn',
    meaning: 'Whether edits of a verifier outside its files are reported, or also cost it its verdict.',
  },
  {
    key: 'runtime.commit_everything',
    isRisky: true,
    kind: FLAG,
    default: false,
    meaning: 'Whether checkpoints hold every change in the workspace.',
  },
  {
    key: 'runtime.max_turns',
    kind: number({ above: 0 }),
    default: null,
    meaning: 'Turns of agents after which a run pauses.',
  },
  { key: 'runtime.max_minutes', kind: MINUTES, default: null, meaning: 'Time after which a run pauses.' },
  {
    key: 'runtime.max_cost_usd',
    kind: number({ above: 0 }, '(US dollars)'),
    default: null,
    meaning: 'Cost, as far as agents report it, at which a run pauses.',
    option: { flags: '--max-cost-usd <amount>', help: 'cost at which the run pauses, in US dollars' },
  },
] as const satisfies readonly KeyRow[];

/** What a run works through, and within which bounds. */
export const RUNTIME_KEYS = [...LOOP, ...BOUNDS] as const;
