import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT } from '../support/compiled.ts';
import { createRig } from '../support/rig.ts';

/** Keys whose values are described elsewhere, or are maps by name. */
const OPEN = new Set(['event', 'by_pair', 'values']);

function keysOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(keysOf);
  return Object.entries(value).flatMap(([key, inner]) => {
    if (!OPEN.has(key)) return [key, ...keysOf(inner)];
    return [
      key,
      ...(key === 'event'
        ? []
        : Object.values(inner as object)
            .slice(0, 1)
            .flatMap(keysOf)),
    ];
  });
}

describe('docs/json.md', () => {
  it('names every key of every document, and no other', async () => {
    await using rig = await createRig({
      script: {
        rules: [
          { pair: 'plan', role: 'producer', nth: 1, shell: ['true'] },
          { pair: 'implement', role: 'producer', question: 'Which?' },
        ],
      },
    });
    await rig.run(['--intent', 'Build it', '--task-id', 'job']);
    const paused = (await rig.run(['status', '--json'])).stdout;
    const logged = (await rig.run(['logs', '--json'])).stdout.trim().split('\n');
    const documents = [paused, ...logged];
    for (const what of ['--list-tasks', 'checkpoints', 'doctor', '--print-config'])
      documents.push((await rig.run([what, '--json'])).stdout);
    // Of `process`, which is null for a run that waits, and of `pending`, where nothing was sent.
    const unseen = ['pid', 'host', 'id', 'by'];
    const found = new Set([...unseen, ...documents.flatMap((text) => keysOf(JSON.parse(text)))]);
    const text = readFileSync(path.join(PROJECT, 'docs/json.md'), 'utf8');
    const named = new Set([...text.matchAll(/`([a-z_][a-z_\d]*)`/g)].map(([, name = '']) => name));
    expect([...found].filter((key) => !named.has(key))).toEqual([]);
    expect([...named].filter((name) => !found.has(name) && !VALUES.has(name))).toEqual([]);
  });
});

describe('a document for programs', () => {
  it('holds no sign that a terminal acts upon, whichever command prints it', async () => {
    const hostile = 'a\u202eb\u009bc\u007f';
    await using rig = await createRig({
      script: { rules: [{ pair: 'plan', role: 'producer', question: `Which ${hostile}?` }] },
    });
    const place = path.join(rig.workspace, hostile);
    mkdirSync(place);
    writeFileSync(path.join(place, 'autoloop.yaml'), 'runtime:\n  no_git: true\n');
    const at = ['--workspace', place];
    const run = await rig.run(['--intent', hostile, '--task-id', 'job', ...at]);
    expect(run.code).toBe(4);
    for (const what of ['--list-tasks', '--print-config', 'status', 'doctor', 'logs']) {
      const { stdout } = await rig.run([what, '--json', ...at]);
      expect.soft(stdout, what).toContain('\\u202eb\\u009bc\\u007f');
      expect
        .soft(stdout.replaceAll('\n', ''), what)
        .not.toMatch(/[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u);
    }
  });
});

/** What stands in the document as a value of a key. */
const VALUES = new Set(
  (
    'autoloop superloop starting running success failed fatal_error blocked needs_followup paused interrupted crashed not_started ' +
    'planned in_progress completed deferred producer verifier command file message notice output activity unreadable ' +
    'limit warning error default null feedback'
  ).split(' '),
);
