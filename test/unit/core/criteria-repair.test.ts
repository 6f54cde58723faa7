import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boxesOf, boxLines, openCriteria, tickedIn } from '../../../src/core/criteria.ts';
import { repairCriteria, withTicks } from '../../../src/core/criteria-repair.ts';

const SEED = `# Criteria

- [ ] **Contract**: Every deliverable is met by the code.
- [ ] **Edges**: Boundaries and failure paths are tested.
- [ ] **Evidence**: The build passes and the notes are true.
`;
const BOXES = boxesOf(SEED);
const TICKED = SEED.replaceAll('[ ]', '[x]');

const after = (now: string | null, who: 'producer' | 'verifier', before: string | null = SEED) =>
  repairCriteria(now, { boxes: BOXES, before, seeded: SEED, mayTick: who === 'verifier' });

describe('what a turn did to criteria.md', () => {
  it('stays where a verifier ticked, and added to the words of a box', () => {
    const now = TICKED.replace('by the code.', 'by the code. (read src/a.ts)');
    expect(after(now, 'verifier')).toEqual({ text: now, reworded: [], lost: [], unticked: [] });
  });

  it('is taken back where a producer ticked or opened a box, its own ones included', () => {
    const ticked = after(`${TICKED}- [x] Docs are written\n`, 'producer');
    expect(ticked.text).toBe(`${SEED}- [ ] Docs are written\n`);
    expect(ticked.unticked).toEqual([...BOXES, 'Docs are written']);
    const opened = after(SEED, 'producer', TICKED);
    expect(opened.text).toBe(TICKED);
    expect(opened.unticked).toEqual(BOXES);
  });

  it('is taken back by the names of the ticked boxes alone, in whatever state the turn was lost', () => {
    const lines = SEED.split('\n').filter((line) => line.startsWith('- ['));
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
        fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
        (was, is) => {
          const text = (ticks: readonly boolean[]) =>
            lines.map((line, at) => (ticks[at] === true ? line.replace('[ ]', '[x]') : line)).join('\n');
          const before = withTicks(SEED, [...tickedIn(text(was)), 'Of an agent']);
          const now = `${text(is)}\n- [x] **Of an agent**\n- [x] New`;
          const repaired = repairCriteria(now, { boxes: BOXES, before, seeded: SEED, mayTick: false });
          expect(repaired.text).toBe(`${text(was)}\n- [x] **Of an agent**\n- [ ] New`);
        },
      ),
    );
  });

  it('is put right for boxes that lost their bold name, and these are open', () => {
    const repair = after(TICKED.replaceAll('**', ''), 'verifier');
    expect(repair).toEqual({ text: SEED, reworded: BOXES, lost: [], unticked: [] });
  });

  it('is put right for boxes that were translated, by their order', () => {
    const german = `# Kriterien

- [x] **Vertrag**: Alles Geforderte ist im Code.
- [x] **Evidence**: The build passes and the notes are true.
`;
    const translated = german.replace('- [x] **Ev', '- [x] **Grenzen**: Randfälle sind getestet.\n- [x] **Ev');
    const repair = after(translated, 'verifier');
    expect(repair.reworded).toEqual(['Contract', 'Edges']);
    expect(repair.lost).toEqual([]);
    expect(openCriteria(repair.text, BOXES).open).toEqual(['Contract', 'Edges']);
  });

  it('is put right for a box that was struck, numbered or weakened', () => {
    for (const line of [
      '- [x] ~~**Edges**: Boundaries and failure paths are tested.~~',
      '~~- [ ] **Edges**: Boundaries and failure paths are tested.~~',
      '2. [x] Edges: Boundaries and failure paths are tested.',
      '- ✅ **Edges**: Boundaries and failure paths are tested.',
    ]) {
      const repair = after(SEED.replace(/^.*Edges.*$/m, line), 'verifier');
      expect(repair, line).toEqual({ text: SEED, reworded: ['Edges'], lost: [], unticked: [] });
    }
    const weak = after(TICKED.replace('Boundaries and failure paths are tested.', 'n/a'), 'verifier');
    expect(weak.text).toBe(TICKED);
    expect(weak.reworded).toEqual(['Edges']);
  });

  it('is told by likeness where boxes were moved about', () => {
    const moved = `# Criteria

- [x] The build passes, and the notes are all true
- [x] Something that nobody asked for
- [x] **Contract**: Every deliverable is met by the code.
- [x] **Edges**: Boundaries and failure paths are tested.
`;
    const repair = after(moved, 'verifier');
    expect(repair.reworded).toEqual(['Evidence']);
    expect(repair.text).toContain('- [ ] **Evidence**: The build passes and the notes are true.\n- [x] Something');
  });

  it('leaves only a box that is gone lost; it stands in its place again, open', () => {
    const repair = after(TICKED.replace(/^.*Edges.*\n/m, ''), 'verifier');
    expect(repair.lost).toEqual(['Edges']);
    expect(boxLines(repair.text).map(({ name, ticked }) => [name, ticked])).toEqual([
      ['Contract', true],
      ['Edges', false],
      ['Evidence', true],
    ]);
    expect(after(TICKED.replace(/^.*Contract.*\n/m, ''), 'verifier').text).toBe(
      TICKED.replace('- [x] **Contract', '- [ ] **Contract'),
    );
  });

  it('costs a producer nothing, and a verifier its ticks, when the file is gone', () => {
    expect(after(null, 'producer', TICKED)).toEqual({ text: TICKED, reworded: [], lost: BOXES, unticked: [] });
    expect(after(' \n', 'verifier', TICKED).text).toBe(SEED);
    expect(after(null, 'verifier', null).text).toBe(SEED);
  });

  it('never leaves a box without its line, ticks nothing that nobody may, and is done once', () => {
    const line = fc.oneof(
      fc.constantFrom(...TICKED.split('\n'), ...SEED.split('\n')),
      fc.string({ maxLength: 60 }).map((text) => text.replaceAll('\n', ' ')),
      fc.string({ maxLength: 30 }).map((text) => `- [x] ${text.replaceAll('\n', ' ')}`),
    );
    const text = fc.array(line, { maxLength: 12 }).map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(text, fc.boolean(), fc.constantFrom(SEED, TICKED), (now, mayTick, before) => {
        const original = { boxes: BOXES, before, seeded: SEED, mayTick };
        const repair = repairCriteria(now, original);
        expect(openCriteria(repair.text, BOXES).missing).toEqual([]);
        const again = repairCriteria(repair.text, original);
        expect({ ...again, text: again.text }).toEqual({ text: repair.text, reworded: [], lost: [], unticked: [] });
        if (mayTick) return;
        const ticked = boxLines(repair.text).filter((box) => box.ticked);
        const tickedBefore = boxLines(before).filter((box) => box.ticked);
        for (const { name } of ticked) {
          expect(tickedBefore.map((box) => box.name.toLowerCase())).toContain(name.replace(/:$/, '').toLowerCase());
        }
      }),
    );
  });
});
