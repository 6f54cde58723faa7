import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { criteriaFor } from '../../src/prompts/criteria.ts';
import type { Rig } from '../support/rig.ts';
import { fault } from './fault.ts';
import { asked, ending, follow, START } from './story.ts';

const criteria = (rig: Rig) =>
  readFileSync(path.join(rig.lastRun().path, 'artifacts/implement/phases/implicit-phase/criteria.md'), 'utf8');
const cycles = (rig: Rig) => rig.events().filter((event) => event.event_type === 'cycle_started').length;

const TICKED = criteriaFor('implement').replaceAll('[ ]', '[x]');

/** What a verifier does to the criteria, and then says COMPLETE. */
const MUTATIONS = [
  ['emptied', { write: { '${bundle}/criteria.md': '' } }],
  ['deleted', { delete: ['${bundle}/criteria.md'] }],
  ['replaced by a single ticked box', { write: { '${bundle}/criteria.md': '- [x] **All**: good\n' } }],
  ['left open', {}],
  [
    'one box removed, the others ticked',
    { shell: ["sed -i -e '0,/\\[ \\]/{/\\[ \\]/d}' -e 's/\\[ \\]/[x]/' '${bundle}/criteria.md'"] },
  ],
  [
    'ticked but for one that became `* [ ]`',
    { shell: ["sed -i -e 's/\\[ \\]/[x]/' -e '0,/- \\[x\\]/s//* [ ]/' '${bundle}/criteria.md'"] },
  ],
  ['ticked within words only', { shell: ["sed -i -e 's/- \\[ \\]/- x/' '${bundle}/criteria.md'"] }],
] as const;

for (const [how, work] of MUTATIONS) {
  fault(`I7: COMPLETE with criteria ${how} does not complete the pair, and the next cycle can`, {}, async (rig) => {
    rig.script({
      rules: [
        { role: 'verifier', times: 1, tick: false, ...work },
        // The real ones mend what the warning names; the default one only ticks what it finds.
        ...(/single|removed/.test(how)
          ? [{ role: 'verifier', write: { '${bundle}/criteria.md': TICKED } } as const]
          : []),
      ],
    });
    const done = await rig.run(START);
    expect(cycles(rig)).toBe(2);
    expect(done.code).toBe(0);
    expect(done.stderr).toMatch(/WARNING: The verifier promised COMPLETE, but criteria\.md/);
    expect(rig.turns()[2]?.prompt).toContain('PHASE ROLE: producer');
    expect(criteria(rig).match(/^[-*] \[x\]/gm)).toHaveLength(5);
    return { maxTurns: 4 };
  });
}

fault('I3, I8: criteria that an agent made a folder are moved aside, named, and put back', {}, async (rig) => {
  const file = '${bundle}/criteria.md';
  rig.script({ rules: [{ role: 'verifier', times: 1, tick: false, shell: [`rm '${file}'; mkdir '${file}'`] }] });
  const ended = await rig.run(START);
  expect(ended.code).toBe(0);
  return { maxTurns: 5 };
});

fault('I7: boxes as `* [x]`, with tabs and in another order, are boxes', {}, async (rig) => {
  rig.script({
    rules: [
      {
        role: 'verifier',
        tick: false,
        shell: [
          "sed -i -e 's/- \\[ \\]/*\\t[X]/' '${bundle}/criteria.md'; tac '${bundle}/criteria.md' > t; mv t '${bundle}/criteria.md'",
        ],
      },
    ],
  });
  expect((await rig.run(START)).code).toBe(0);
  expect(cycles(rig)).toBe(1);
  return { maxTurns: 2 };
});

const PLAN = ['--task-id', 't', '--intent', 'Build it', '--pairs', 'plan'];
const HEAD = 'version: 1\ntask_id: t\nrequest_snapshot_ref: r\n';
const PHASE = (id: string, more = '') =>
  `  - phase_id: ${id}\n    title: T\n    objective: O\n    status: planned\n    in_scope: [a]\n    deliverables: [code]\n${more}`;

/** Plans that cannot be worked on, and what the next turn is told. */
const BAD_PLANS: [what: string, text: string, told: RegExp][] = [
  ['no YAML', 'phases: [\n', /phase_plan\.yaml is not valid YAML: .*\(line \d+, column \d+\)/],
  ['a tab', `${HEAD}phases:\n\t- phase_id: a\n`, /not valid YAML.*line 5/],
  ['a list', '- a\n', /phase_plan\.yaml/],
  ['empty', '', /phases/],
  ['an id twice', `${HEAD}phases:\n${PHASE('a')}${PHASE('a')}`, /phases\[2\]\.phase_id/],
  [
    'an empty scope',
    `${HEAD}phases:\n${PHASE('a').replace('[a]', '["", b]')}`,
    /phases\[1\]\.in_scope\[1\] must be a non-empty string/,
  ],
  [
    'a later dependency',
    `${HEAD}phases:\n${PHASE('a', '    dependencies: [b]\n')}${PHASE('b')}`,
    /phases\[1\]\.dependencies\[1\]/,
  ],
  [
    'a bomb of aliases',
    `${HEAD}a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nphases: [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n`,
    /phase_plan\.yaml|phases/,
  ],
];

fault(
  'I7: each invalid phase plan is named precisely in the next producer’s prompt, and a valid one goes on',
  {},
  async (rig) => {
    const bad = BAD_PLANS.map(([, text], at) => ({
      role: 'producer' as const,
      cycle: at + 1,
      noDefaults: true,
      write: { '${bundle}/phase_plan.yaml': text, '${bundle}/plan.md': `# Plan ${at}\n` },
    }));
    const last = {
      role: 'producer' as const,
      noDefaults: true,
      write: {
        '${bundle}/phase_plan.yaml': `${HEAD}phases:\n${PHASE('`a`').replace('title: T', 'title: `run` the thing')}`,
      },
    };
    rig.script({ rules: [...bad, last] });
    expect((await rig.run([...PLAN, '--max-iterations', '12'])).code).toBe(0);
    expect(cycles(rig)).toBe(BAD_PLANS.length + 1);
    const prompts = rig
      .turns()
      .filter(({ role }) => role === 'producer')
      .map(({ prompt }) => prompt);
    for (const [at, [what, , told]] of BAD_PLANS.entries()) {
      const note = /MOST RECENT CLARIFICATION TO APPLY IMMEDIATELY:\n((?:.+\n)+)/.exec(prompts[at + 1] ?? '')?.[1];
      expect(note, what).toMatch(told);
    }
    expect(prompts[0]).not.toContain('MOST RECENT CLARIFICATION TO APPLY IMMEDIATELY:\n');
    return { maxTurns: 2 * (BAD_PLANS.length + 1) };
  },
);

fault('I7, I8: a plan that stays invalid and the same ends the run after three cycles', {}, async (rig) => {
  rig.script({
    rules: [{ role: 'producer', noDefaults: true, write: { '${bundle}/phase_plan.yaml': 'phases: [\n' } }],
  });
  const failed = await rig.run(PLAN);
  expect(failed.code).toBe(1);
  expect(ending(rig).reason).toContain('no progress');
  expect(cycles(rig)).toBeLessThanOrEqual(4);
  rig.script({});
  rig.script({
    rules: [
      { role: 'producer', noDefaults: true, write: { '${bundle}/phase_plan.yaml': `${HEAD}phases:\n${PHASE('a')}` } },
    ],
  });
  expect((await follow(rig, failed)).code).toBe(0);
  return { maxTurns: 10 };
});

const AUDIT = ['--task-id', 't', '--intent', 'Build it', '--pairs', 'implement,audit'];
const gaps = (path: string) => JSON.stringify({ material_gaps_found: true, summary: 's', revised_request_path: path });

/** Audit results that cannot be used, and what the next audit turn is told. */
const BAD_AUDITS: [what: string, text: string, told: RegExp][] = [
  ['no JSON', '{"material_gaps_found": tru', /audit_result\.json/],
  ['a word for a boolean', gaps('x/revised_request.md').replace('true', '"yes"'), /material_gaps_found/],
  ['no summary', gaps('x/revised_request.md').replace('"s"', '" "'), /summary/],
  ['a request elsewhere', gaps('/etc/passwd'), /revised_request_path/],
  ['one that climbs out', gaps('../../../../../../../../etc/revised_request.md'), /revised_request_path/],
];

for (const [what, text, told] of BAD_AUDITS) {
  fault(`I8: an audit result that is ${what} costs another cycle, with the reason as its note`, {}, async (rig) => {
    rig.script({
      rules: [{ pair: 'audit', role: 'verifier', times: 1, write: { '${bundle}/audit_result.json': text } }],
    });
    expect((await rig.run(AUDIT)).code).toBe(0);
    expect(asked(rig).slice(4)).toEqual(['audit producer 2.1', 'audit verifier 2.1']);
    expect(rig.turns()[4]?.prompt).toMatch(
      new RegExp(`MOST RECENT CLARIFICATION[^\\n]*\\n(?:.+\\n)*?.*${told.source}`),
    );
    return { maxTurns: 6 };
  });
}

fault(
  'I1, I7: what an agent puts among the files of the state is left out and named by the rules for sources',
  {},
  async (rig) => {
    const task = '"${run}/../.."';
    const shell = [
      'truncate -s 10G "${run}/sessions/plan.json" big',
      `printf 'mine' > ${task}/.env; printf 'mine' > "\${run}/sessions/id_rsa"`,
    ];
    rig.script({ rules: [{ role: 'producer', times: 1, shell }] });
    const done = await rig.run(START);
    expect(done.code).toBe(0);
    for (const left of [
      'sessions/plan.json (over 50 MB)',
      'big (over 50 MB)',
      'tasks/t/.env (its name',
      'sessions/id_rsa (its name',
    ])
      expect(done.stderr).toContain(left);
    const committed = rig.commits().flatMap(({ files }) => files);
    expect(committed.filter((name) => /id_rsa|\.env|big$/.test(name))).toEqual([]);
    expect(committed.filter((name) => name.endsWith('sessions/phases/implicit-phase.json'))).not.toEqual([]);
    return { maxTurns: 2 };
  },
);
