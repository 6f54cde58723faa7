import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildProgram } from '../../src/cli/program.ts';
import { CONFIG_KEYS } from '../../src/config/keys.ts';
import type { EventType } from '../../src/core/events.ts';
import { exitCodeOfProblem, exitCodeOfStatus } from '../../src/core/exit-codes.ts';
import { RUN_STATUSES } from '../../src/core/vocabulary.ts';
import { codeIn, codeOf, deadLinks, firstCells, PROJECT, section, textOf } from './markdown.ts';

const documents = [
  'README.md',
  'CHANGELOG.md',
  ...readdirSync(path.join(PROJECT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const readme = textOf('README.md');
const program = buildProgram([], { code: 0 });

/** A new type of event does not compile until it is listed here, and is not tested as documented until it is in docs/events.md. */
const EVENT_TYPES = Object.keys({
  run_started: 0,
  run_resumed: 0,
  pair_started: 0,
  cycle_started: 0,
  turn_started: 0,
  session_identified: 0,
  phase_finished: 0,
  turn_interrupted: 0,
  edits_recovered: 0,
  checkpoint: 0,
  verifier_edited: 0,
  phase_output_empty: 0,
  question: 0,
  auto_answer_finished: 0,
  clarified: 0,
  missing_promise_default: 0,
  pair_completed: 0,
  blocked: 0,
  pair_failed: 0,
  phase_scope_resolved: 0,
  phase_started: 0,
  phase_deferred: 0,
  phase_completed: 0,
  phase_blocked: 0,
  audit_result_invalid: 0,
  audit_clean: 0,
  audit_gaps_found: 0,
  auto_followup_scheduled: 0,
  auto_followup_launched: 0,
  auto_followup_skipped: 0,
  limit_wait: 0,
  worktree_created: 0,
  worktree_removed: 0,
  merged: 0,
  merge_conflict: 0,
  noticed: 0,
  pr_opened: 0,
  commanded: 0,
  approval_requested: 0,
  approval_given: 0,
  checks_resolved: 0,
  check_started: 0,
  check_finished: 0,
  checks_judged: 0,
  person_edited: 0,
  change_accepted: 0,
  evidence_reported: 0,
  run_rewound: 0,
  run_finished: 0,
} satisfies Record<EventType, 0>);

describe('the documents', () => {
  it.each(documents)('%s has no dead link', (file) => {
    expect(deadLinks(file)).toEqual([]);
  });

  it('are all reachable from the README', () => {
    const missing = documents.filter((file) => file.startsWith('docs/') && !readme.includes(`(${file})`));
    const linked = documents.map(textOf).join('\n');
    expect(missing.filter((file) => !linked.includes(`(${path.basename(file)})`))).toEqual([]);
  });
});

describe('what the documents say exists', () => {
  const everything = [...documents, 'skill/SKILL.md'];
  const options = [program, ...program.commands].flatMap((command) => command.options.map(({ long }) => long));

  it.each(everything)('%s names only options that the program has', (file) => {
    const commands = codeOf(textOf(file)).filter((code) => code.startsWith('autoloop '));
    const named = commands.flatMap((code) => code.match(/(?<=\s)--[a-z][a-z-]*/g) ?? []);
    expect(named.filter((option) => ![...options, '--help'].includes(option))).toEqual([]);
  });

  it.each(everything)('%s names only configuration keys and sections that exist', (file) => {
    const named = codeIn(textOf(file)).filter((code) => /^(?:provider|runtime)\.[a-z_.]*[a-z]$/.test(code));
    const known = CONFIG_KEYS.map(({ key }) => key as string);
    expect(named.filter((name) => !known.some((key) => key === name || key.startsWith(`${name}.`)))).toEqual([]);
  });

  it('README.md names only options that install.sh has', () => {
    const named = codeOf(readme).flatMap(
      (code) => (/^\.\/install\.sh.*/.exec(code)?.[0] ?? '').match(/--[a-z-]+/g) ?? [],
    );
    const help = execFileSync('bash', ['install.sh', '--help'], { cwd: PROJECT, encoding: 'utf8' });
    expect(named.length).toBeGreaterThan(2);
    expect(named.filter((option) => !help.includes(`  ${option} `))).toEqual([]);
  });
});

describe('what exists is in the README', () => {
  const table = section(readme, 'Options');

  it('lists exactly the options of the program', () => {
    const documented = codeIn(firstCells(table.split('### Commands')[0] ?? '').join(' ')).flatMap(
      (code) => code.match(/--[a-z-]+/g) ?? [],
    );
    const existing = program.options.map((option) => option.long).concat('--help');
    expect([...new Set(documented)].sort()).toEqual([...new Set(existing)].sort());
  });

  it('lists exactly the commands and their options', () => {
    const rows = table.matchAll(/^\| `autoloop (\w+)` \|([^|]*)\|/gm);
    const documented = [...rows].map(([, name = '', cell = '']) => [name, codeIn(cell).sort()]);
    const existing = program.commands
      .filter((command) => !('_hidden' in command && command._hidden))
      .map((command) => [
        command.name(),
        command.options
          .flatMap(({ short, long }) => [short, long])
          .filter(Boolean)
          .sort(),
      ]);
    expect(Object.fromEntries(documented)).toEqual(Object.fromEntries(existing));
  });
});

describe('the exit codes', () => {
  const ofRuns = RUN_STATUSES.map((status) => exitCodeOfStatus(status));
  const signals = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((signal) => exitCodeOfStatus('interrupted', signal));
  const ofProblems = (['usage', 'configuration', 'provider', 'git', 'state', 'busy'] as const).map(exitCodeOfProblem);
  const existing = [...new Set([...ofRuns, ...signals, ...ofProblems])].sort((a, b) => a - b);
  const help = execFileSync(process.execPath, ['src/main.ts', '--help'], { cwd: PROJECT, encoding: 'utf8' });

  it.each([
    ['README.md', firstCells(section(readme, 'Going on')).join(' ')],
    ['the skill', firstCells(section(textOf('skill/SKILL.md'), 'Resume')).join(' ')],
    ['--help', help.split('Exit codes:')[1] ?? ''],
  ])('of runs and problems are exactly those that %s lists', (_, text) => {
    const documented = [...text.matchAll(/\d+/g)].map(([digits]) => Number(digits));
    expect([...new Set(documented)].sort((a, b) => a - b)).toEqual(existing);
  });
});

describe('docs/events.md', () => {
  it('lists exactly the types of events', () => {
    expect(codeIn(firstCells(textOf('docs/events.md')).join(' ')).sort()).toEqual(EVENT_TYPES.toSorted());
  });
});

describe('docs/architecture.md', () => {
  it('names exactly the steps that the code has', () => {
    const steps = ['take_turn', 'recover_edits', 'check', 'checkpoint', 'record', 'answer', 'finish'];
    const between = [
      'await_approval',
      'select_phases',
      'open_pair',
      'read_audit_result',
      'report_evidence',
      'schedule_followup',
      'launch_followup',
      'stop',
    ];
    const inCode = [...textOf('src/core/steps.ts').matchAll(/readonly do: '(\w+)'/g)];
    expect([...new Set(inCode.map(([, name = '']) => name))].sort()).toEqual([...steps, ...between].sort());
    const states = section(textOf('docs/architecture.md'), 'States');
    expect([...steps, ...between].filter((step) => !states.includes(step))).toEqual([]);
  });

  it('names the states of a run', () => {
    const states = section(textOf('docs/architecture.md'), 'States');
    const inCode = /readonly at: ([^;]+);/.exec(textOf('src/core/state.ts'))?.[1] ?? '';
    const names = [...inCode.matchAll(/'(\w+)'/g)].map(([, name = '']) => name);
    expect(names.length).toBe(3);
    expect(names.filter((name) => !states.includes(`\`${name}\``))).toEqual([]);
  });
});
