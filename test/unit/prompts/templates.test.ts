import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { PAIRS, type Pair, type Role } from '../../../src/core/vocabulary.ts';
import { AUTO_ANSWER, CONTRACT, SKILL, TEMPLATES } from '../../../src/prompts/assets.ts';
import { criteriaFor } from '../../../src/prompts/criteria.ts';
import { placeholderFaults } from './placeholder-faults.ts';
import { renderTurn, templateName } from '../../../src/prompts/render.ts';
import { RESUMED, turn, TURNS } from './contexts.ts';

const FOLDER = path.resolve(import.meta.dirname, '../../../src/prompts/templates');
const LIMIT = 9 * 1024;
const PROMISE = '{"schema":"docloop.loop_control/v1","kind":"promise","promise":"COMPLETE"}';

/** What every prompt has to get across (docs/protocol.md). */
const EVERY_TURN = {
  'clarifications come first': /1\. Clarifications/,
  'then the request': /2\. The request/,
  'then earlier phases': /3\. Artifacts of earlier phases/,
  'then memory': /4\. What this conversation remembers/,
  'only clarifications change the intent': /Only clarifications may change the intent/,
  'the ledger is appended to under the latest header': /appends, at its end and so only under the latest header/,
  'the ledger takes plain lines': /one plain line for each decision/,
  'ledger headers are not to be written': /Never write or edit headers/,
  'the summary':
    /`Scope considered`[^]*`What I analyzed`[^]*`What I changed`[^]*`What I reviewed`[^]*`Key findings \/ decisions`[^]*`Open issues \/ next step`/,
  'nothing after the block': /exactly one, outside any code fence, with nothing after it/,
  'the three promises': /COMPLETE, INCOMPLETE or BLOCKED/,
  'git is left alone': /Do not commit, stash, reset, clean, switch branches/,
};

const EVERY: Readonly<Record<Role, Readonly<Record<string, RegExp>>>> = {
  producer: {
    'findings are resolved first': /resolve every open finding/,
    'criteria are the verifier’s': /criteria\.md` and the feedback file alone/,
    'a question instead of a risky reading': /Ask when readings differ/,
    'no promise': /no block and no promise/,
  },
  verifier: {
    'edits only its two files': /Edit `[^`]*\/criteria\.md` and `[^`]*\/feedback\.md`, nothing else/,
    'ticks criteria': /tick \(`- \[x\]`\) every box that holds/,
    'keeps the boxes': /Keep every box and its wording/,
    'stable ids': /keeps its id/,
    'blocking or not': /`blocking` or `non-blocking`/,
    'promises at the end': /End in a promise/,
  },
};

const ONE: Readonly<Record<`${Pair}-${Role}`, Readonly<Record<string, RegExp>>>> = {
  'plan-producer': {
    'plan.md': /\/plan\/plan\.md`/,
    'its parts': /Milestones[^]*Interfaces[^]*Compatibility[^]*Regression risks/,
    'phase_plan.yaml': /\/plan\/phase_plan\.yaml`/,
    'keys of the program': /`version`, `task_id` and `request_snapshot_ref` are Autoloop's/,
    'one phase is fine': /One phase is fine for a small task/,
    'the user’s own plan': /detailed plan that the user brought is the contract by default/,
    'no risky reading': /Ask rather than take a risky reading/,
  },
  'plan-verifier': {
    coverage: /every point of the request/,
    regressions: /nor the user confirmed is blocking/,
    'phase plan': /valid YAML/,
    ids: /`PLAN-001`/,
  },
  'implement-producer': {
    'the active phase only': /Implement the active phase and only that/,
    notes: /\/implementation_notes\.md` current/,
    'parts of the notes':
      /files changed, and the symbols[^]*mapped to where it is met[^]*assumptions[^]*validation done[^]*findings by id/,
    'asks before breaking': /ask first/,
  },
  'implement-verifier': {
    contract: /against the ACTIVE PHASE EXECUTION CONTRACT/,
    notes: /\/implement\/phases\/storage\/implementation_notes\.md/,
    ids: /`IMP-001`/,
  },
  'test-producer': {
    map: /the map from each behaviour to the tests that cover it/,
    strategy: /\/test_strategy\.md` current/,
    deterministic: /Deterministic: no sleeps/,
    'edges and failures': /edges, invalid input and failure paths/,
    'what was built': /\/artifacts\/implement\/phases\/storage\/implementation_notes\.md/,
  },
  'test-verifier': {
    coverage: /edge and failure path is tested/,
    determinism: /time, chance, order, network/,
    ids: /`TST-001`/,
  },
  'audit-producer': {
    comparison: /Compare what was asked[^]*with what the final code does/,
    report: /\/audit\/gap_report\.md`\*\*, with the sections/,
    'self-contained request': /\/audit\/revised_request\.md`\*\*[^]*self-contained/,
    result:
      /"material_gaps_found": false,[^]*"summary"[^]*"revised_request_path": "\/[^"]*\/audit\/revised_request\.md"/,
    'edits nothing else': /edit nothing else/,
  },
  'audit-verifier': {
    ids: /`AUD-001`/,
    'gaps are no reason': /Gaps alone are no reason for INCOMPLETE/,
  },
};

describe.each(TURNS)('the prompt of the %s %s', (pair, role) => {
  const prompt = renderTurn(turn(pair, role));
  const required = { ...EVERY_TURN, ...EVERY[role], ...ONE[templateName(pair, role)] };

  test.each(Object.entries(required))('gets across: %s', (_what, words) => {
    expect(prompt).toMatch(words);
  });

  test('shows both forms of the loop control outside code fences, at the end', () => {
    const blocks = [...prompt.matchAll(/^<loop-control>\n(.*)\n<\/loop-control>$/gm)].map((match) => match[1] ?? '');
    expect(blocks.map((json) => JSON.parse(json) as unknown)).toEqual([
      JSON.parse(PROMISE),
      { schema: 'docloop.loop_control/v1', kind: 'question', question: '…', best_supposition: '…' },
    ]);
    expect(prompt.slice(0, prompt.indexOf('<loop-control>')).match(/^```/gm)?.length ?? 0).toSatisfy(
      (fences: number) => fences % 2 === 0,
    );
    expect(prompt.length - prompt.lastIndexOf('</loop-control>')).toBeLessThan(300);
  });

  test('has no placeholder left, and says everything again in a resumed session', () => {
    expect(prompt).not.toMatch(/\{\{|\}\}/);
    const instructions = prompt.slice(prompt.indexOf(`\n# ${TEMPLATES[templateName(pair, role)].slice(2, 10)}`));
    expect(renderTurn(turn(pair, role, RESUMED)).endsWith(instructions)).toBe(true);
  });
});

describe('size', () => {
  const bytes = (text: string): number => Buffer.byteLength(text);
  test.each([
    ...TURNS.map(([pair, role]) => [`${pair} ${role}`, bytes(renderTurn(turn(pair, role, { request: '' })))] as const),
    ['contract', bytes(CONTRACT)] as const,
  ])('of the %s prompt: %i bytes, within 9 KiB', (_name, size) => {
    expect(size).toBeLessThanOrEqual(LIMIT);
  });

  test.each(TURNS)('of the %s %s prompt with as much of checks as there is room for: within 9 KiB', (pair, role) => {
    let room = 0;
    const checks = (bytes: number) => 'x'.repeat((room = bytes));
    expect(bytes(renderTurn(turn(pair, role, { request: '', checks })))).toBeLessThanOrEqual(LIMIT);
    expect(room).toBeGreaterThanOrEqual(1_500);
    const note = 'n'.repeat(5_000);
    const told = renderTurn(turn(pair, role, { request: 'r'.repeat(5_000), note, checks }));
    expect(bytes(told)).toBeLessThanOrEqual(LIMIT + 10_200);
  });
});

describe('the templates', () => {
  const names = Object.keys(TEMPLATES) as (keyof typeof TEMPLATES)[];

  test('are the twelve of the four pairs, and what they have in common', () => {
    const twelve = PAIRS.flatMap((pair) => ['producer', 'verifier', 'criteria'].map((part) => `${pair}-${part}`));
    const common = ['authority', 'rules', 'producer', 'verifier'].map((part) => `common-${part}`);
    expect([...names].sort()).toEqual([...twelve, ...common].sort());
    expect(names.map((name) => `${name}.md`)).toEqual(readdirSync(FOLDER).sort());
    for (const name of names) expect(TEMPLATES[name]).toBe(readFileSync(path.join(FOLDER, `${name}.md`), 'utf8'));
  });

  test.each(names)('%s uses only placeholders that its pair can fill', (name) => {
    const pair = PAIRS.find((candidate) => name.startsWith(`${candidate}-`)) ?? null;
    expect(placeholderFaults(TEMPLATES[name], pair)).toEqual([]);
  });

  test('share no run of three lines and no long line: what is common is written once', () => {
    const seen = new Map<string, string>();
    for (const name of names) {
      const lines = TEMPLATES[name].split('\n').filter((line) => line.trim() !== '');
      const runs = lines.slice(2).map((_line, at) => lines.slice(at, at + 3).join('\n'));
      for (const piece of new Set([...runs, ...lines.filter((line) => line.length > 50)])) {
        expect(seen.get(piece), `${name}: ${piece}`).toBeUndefined();
        seen.set(piece, name);
      }
    }
  });
});

test.each(PAIRS)('criteria.md of %s has five open, named boxes with different names, and no placeholder', (pair) => {
  const boxes = criteriaFor(pair)
    .split('\n')
    .filter((line) => /^\s*[-*]/.test(line));
  expect(boxes).toHaveLength(5);
  for (const box of boxes) expect(box).toMatch(/^- \[ \] \*\*[A-Z][\w ]+\*\*: \S.+\.$/);
  expect(new Set(boxes.map((box) => box.split('**')[1]))).toHaveProperty('size', 5);
  expect(criteriaFor(pair)).not.toContain('{{');
});

test('the texts outside the templates have no placeholders', () => {
  expect(CONTRACT + AUTO_ANSWER).not.toContain('{{');
});

test('the contract overrides planning, questions, subagents and tasks, and names nothing of a single turn', () => {
  for (const subject of ['Planning', 'Questions', 'Subagents', 'Tasks'])
    expect(CONTRACT).toContain(`- **${subject}**: `);
  expect(CONTRACT).not.toMatch(/run-\d|producer|verifier/);
});

describe('the skill', () => {
  test('has front matter with its name and when to use it and when not', () => {
    const head = /^---\nname: autoloop\ndescription: (.+)\n---\n\n# /.exec(SKILL)?.[1] ?? '';
    expect(head).toMatch(/Use it when .+ Not for /);
    expect(head.length).toBeLessThanOrEqual(1024);
    expect(head).not.toContain(': ');
  });

  test('gives each command a line of its own in which all that varies is a quoted, explained variable', () => {
    const commands = [...SKILL.matchAll(/^```sh\n([^]*?)^```$/gm)].flatMap((match) => match[1]!.trimEnd().split('\n'));
    expect(commands.length).toBeGreaterThan(10);
    for (const command of commands) {
      expect(command).toMatch(/^(nohup )?(autoloop|git|cd) \S/);
      expect(command).not.toMatch(/\\$|[<[]\w|…/);
      for (const [variable] of command.matchAll(/"?\$\w+"?/g)) {
        expect(variable).toMatch(/^"\$[A-Z_]+"$/);
        expect(SKILL).toContain(`\`${variable.slice(1, -1)}\``);
      }
    }
  });

  test('explains every exit code, and never to kill a quiet run', () => {
    for (const code of ['0', '1', '2', '3', '4', '5']) expect(SKILL).toMatch(new RegExp(`^\\| ${code} \\| `, 'm'));
    expect(SKILL).toMatch(/^\| 129, 130, 143 \| /m);
    expect(SKILL).toContain('Never kill a run for being quiet');
  });
});
