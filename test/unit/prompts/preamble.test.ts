import { describe, expect, test } from 'vitest';
import { PAIRS } from '../../../src/core/vocabulary.ts';
import { renderTurn } from '../../../src/prompts/render.ts';
import { RESUMED, turn, TURNS } from './contexts.ts';

/** Reads a label as agents' tools do: the first line that begins with it. */
function read(prompt: string, label: string): string | undefined {
  return new RegExp(`^${label}:[ \\t]*(.*)$`, 'm').exec(prompt)?.[1];
}

/** Positions of the labels, to compare their order. */
function labelsOf(prompt: string): string[] {
  return [...prompt.matchAll(/^([A-Z][A-Z ]+[A-Z]):/gm)].map((match) => match[1] ?? '');
}

describe('the facts of a turn', () => {
  test.each(TURNS)('name repository, run, pair, role, cycle, attempt and files to the %s %s', (pair, role) => {
    const context = turn(pair, role);
    const prompt = renderTurn(context);
    expect(prompt.startsWith('REPOSITORY ROOT: /w/repo\n')).toBe(true);
    const expected: Record<string, string> = {
      'RUN ID': context.runId,
      'LOOP PAIR': pair,
      'PHASE ROLE': role,
      CYCLE: '3',
      ATTEMPT: '2',
      'IMMUTABLE REQUEST FILE': context.files.request,
      'AUTHORITATIVE RAW LOG': context.files.rawLog,
      'AUTHORITATIVE RUN DECISIONS FILE': context.files.decisions,
      'AUTHORITATIVE ACTIVE ARTIFACT DIRECTORY': context.files.artifactDir,
      'AUTHORITATIVE ACTIVE CRITERIA FILE': `${context.files.artifactDir}/criteria.md`,
      'AUTHORITATIVE ACTIVE FEEDBACK FILE': `${context.files.artifactDir}/feedback.md`,
      'AUTHORITATIVE ACTIVE SESSION FILE': context.files.session,
    };
    for (const [label, value] of Object.entries(expected)) expect(read(prompt, label), label).toBe(value);
    expect(prompt).toContain(
      `AUTHORITATIVE OTHER ACTIVE ARTIFACT FILES:\n- ${context.files.artifactDir}/first.md\n- ${context.files.artifactDir}/second.yaml\n`,
    );
  });

  test('stand in the order of the contract, each once', () => {
    const note = 'use JSON';
    expect(labelsOf(renderTurn(turn('implement', 'producer', { note })))).toEqual([
      'REPOSITORY ROOT',
      'RUN ID',
      'LOOP PAIR',
      'PHASE ROLE',
      'CYCLE',
      'ATTEMPT',
      'IMMUTABLE REQUEST FILE',
      'AUTHORITATIVE RAW LOG',
      'AUTHORITATIVE RUN DECISIONS FILE',
      'ORDER OF AUTHORITY',
      'THREAD STATUS',
      'MOST RECENT CLARIFICATION TO APPLY IMMEDIATELY',
      'INITIAL REQUEST SNAPSHOT',
      'THREAD SCOPE',
      'ARTIFACT SCOPE',
      'AUTHORITATIVE ACTIVE ARTIFACT DIRECTORY',
      'AUTHORITATIVE ACTIVE CRITERIA FILE',
      'AUTHORITATIVE ACTIVE FEEDBACK FILE',
      'AUTHORITATIVE ACTIVE SESSION FILE',
      'AUTHORITATIVE OTHER ACTIVE ARTIFACT FILES',
      'ACTIVE PHASE EXECUTION CONTRACT',
      'AUTHORITATIVE CLARIFICATIONS TO DATE',
      'PRIOR PHASE STATUS IN THIS RUN',
      'RELEVANT PRIOR PHASE ARTIFACT PATHS',
      'ACTIVE PHASE ARTIFACTS',
    ]);
  });

  test('call the artifacts run-local in plan and audit, phase-local in implement and test', () => {
    const scopes = PAIRS.map((pair) => read(renderTurn(turn(pair, 'producer')), 'ARTIFACT SCOPE'));
    expect(scopes).toEqual(['run-local', 'phase-local', 'phase-local', 'run-local']);
  });
});

describe('the session', () => {
  test('gives a new one the request once, and a resumed one its id only', () => {
    const fresh = renderTurn(turn('plan', 'producer'));
    expect(read(fresh, 'THREAD STATUS')).toBe('new');
    expect(fresh).toContain('INITIAL REQUEST SNAPSHOT:\nBuild the thing\nEND OF INITIAL REQUEST SNAPSHOT\n');
    expect(fresh.split('Build the thing')).toHaveLength(2);

    const resumed = renderTurn(turn('plan', 'producer', RESUMED));
    expect(resumed).not.toMatch(/Build the thing|THREAD STATUS:|INITIAL REQUEST SNAPSHOT/);
  });

  test.each([
    ['thread', true, 'RESUMED THREAD ID'],
    ['session', false, 'RESUMED SESSION ID'],
  ] as const)('that is a %s goes on under that name', (_word, hasThreads, label) => {
    const prompt = renderTurn(turn('plan', 'verifier', { ...RESUMED, hasThreads }));
    expect(labelsOf(prompt).filter((found) => /^RESUMED|^THREAD STATUS/.test(found))).toEqual([label]);
    expect(read(prompt, label)).toBe('session-7');
  });

  test('changes nothing else: a new one gets the same text from every provider', () => {
    expect(renderTurn(turn('audit', 'producer', { hasThreads: false }))).toBe(renderTurn(turn('audit', 'producer')));
  });

  test('passes on the pending note, if there is one', () => {
    const label = 'MOST RECENT CLARIFICATION TO APPLY IMMEDIATELY';
    const prompt = renderTurn(turn('plan', 'producer', { ...RESUMED, note: 'two\nlines' }));
    expect(prompt).toContain(`${label}:\ntwo\nlines\nEND OF ${label}\n`);
    expect(renderTurn(turn('plan', 'producer', RESUMED))).not.toContain(label);
  });
});

describe('the active phase', () => {
  test('is described whole in every turn of implement and test', () => {
    for (const change of [{}, RESUMED]) {
      const prompt = renderTurn(turn('test', 'verifier', change));
      expect(prompt).toContain(
        [
          'ACTIVE PHASE EXECUTION CONTRACT:',
          '- Selection mode: single',
          '- Selected phase ids, in order: storage, screen',
          `- Source: ${turn('test', 'verifier').phase?.source ?? ''}`,
          '- Active phase: storage: Keep the settings',
          '  Objective: Settings survive a restart',
          '  In scope:',
          '  - reading',
          '  - writing',
          '  Out of scope:',
          '  - encryption',
          '  Acceptance criteria:',
          '  - AC-1: a setting is there after a restart',
          '  Dependencies:',
          '  - groundwork',
          '  Deliverables:',
          '  - the module\n',
        ].join('\n'),
      );
    }
  });

  test('names the request as its source when it is the implicit one, and shows absent lists as none', () => {
    const context = turn('implement', 'producer');
    const { out_of_scope: _out, dependencies: _dependencies, ...fields } = context.phase!.phase;
    const phase = { mode: 'single', ids: ['implicit-phase'], explicit: false, source: null, phase: fields };
    const prompt = renderTurn({ ...context, phase });
    expect(prompt).toContain('- Selection mode: single (no phase plan: one implicit phase)\n');
    expect(prompt).toContain('- Source: the request\n');
    expect(prompt).toContain('  Out of scope:\n  - none\n');
    expect(prompt).toContain('  Dependencies:\n  - none\n');
  });

  test('comes with what happened so far in a new session, and without in a resumed one', () => {
    const { bootstrap } = turn('implement', 'producer');
    expect(renderTurn(turn('implement', 'producer'))).toContain(
      [
        'AUTHORITATIVE CLARIFICATIONS TO DATE:',
        'Question: which format?',
        'Answer: JSON',
        'END OF AUTHORITATIVE CLARIFICATIONS TO DATE',
        '',
        'PRIOR PHASE STATUS IN THIS RUN:',
        '- groundwork: completed',
        '',
        'RELEVANT PRIOR PHASE ARTIFACT PATHS:',
        `- ${bootstrap?.priorArtifacts[0] ?? ''}`,
        '',
        'ACTIVE PHASE ARTIFACTS:',
        `- ${bootstrap?.phaseArtifacts[0] ?? ''}\n`,
      ].join('\n'),
    );
    expect(renderTurn(turn('implement', 'producer', RESUMED))).not.toMatch(/TO DATE|PRIOR PHASE|PHASE ARTIFACTS:/);
    const nothing = { clarifications: ' \n', priorPhases: [], priorArtifacts: [], phaseArtifacts: [] };
    expect(renderTurn(turn('implement', 'producer', { bootstrap: nothing }))).toContain(
      'AUTHORITATIVE CLARIFICATIONS TO DATE:\nnone\nEND OF',
    );
  });
});
