import { describe, expect, it } from 'vitest';
import { boxesOf, openCriteria } from '../../../src/core/criteria.ts';

const SEED = `# Criteria

- [ ] **Correctness**: The plan is right.
- [ ] **DRY / KISS**: Nothing is said twice.
- [ ] No bold name
`;
const SEEDED = boxesOf(SEED);
const TICKED = SEED.replaceAll('[ ]', '[x]');

describe('criteria', () => {
  it('name their boxes by the bold name, else by the text', () => {
    expect(SEEDED).toEqual(['Correctness', 'DRY / KISS', 'No bold name']);
    expect(boxesOf('')).toEqual([]);
    expect(boxesOf('* [X] **Half bold\n  - [x]   indented  ')).toEqual(['**Half bold', 'indented']);
  });

  it('are complete when every seeded box is there and ticked', () => {
    expect(openCriteria(TICKED, SEEDED)).toEqual({ complete: true, missing: [], open: [] });
    expect(openCriteria(SEED, SEEDED)).toEqual({ complete: false, missing: [], open: SEEDED });
  });

  it('compare boxes whatever their bullet, tick, white space, case, colon and explanation', () => {
    const rewritten = '\t*  [X]   **correctness:** fine\n- [✓] **DRY  /  KISS** - yes\r\n  - [x] No bold  name  \n';
    expect(openCriteria(rewritten, SEEDED).complete).toBe(true);
  });

  it('are open with any open box, seeded or not', () => {
    for (const added of ['- [ ] **Extra**: mine', '  * [ ] **Extra**', '-   [ ] **Extra**', '- [\t] **Extra**']) {
      expect(openCriteria(`${TICKED}${added}\n`, SEEDED)).toEqual({ complete: false, missing: [], open: ['Extra'] });
    }
    expect(openCriteria(`${TICKED}- [ ] **Correctness**: again`, SEEDED).open).toEqual(['Correctness']);
  });

  it('count open boxes in code fences', () => {
    expect(openCriteria(`${TICKED}\`\`\`\n- [ ] **Quoted**\n\`\`\`\n`, SEEDED).open).toEqual(['Quoted']);
  });

  it.each([
    ['an emptied file', ''],
    ['another file', 'All criteria are met.'],
    ['a removed box', TICKED.replace(/^.*DRY.*\n/m, '')],
    ['a renamed box', TICKED.replace('DRY / KISS', 'Brevity')],
    ['a box made a plain bullet', TICKED.replace('[x] **DRY', '**DRY')],
    ['a box struck out', TICKED.replace('[x] **DRY', '[-] **DRY')],
  ])('are not complete with %s', (_name, text) => {
    const check = openCriteria(text, SEEDED);
    expect(check.complete).toBe(false);
    expect(check.missing).toContain('DRY / KISS');
  });

  it('of older releases need one box at least', () => {
    expect(openCriteria('- [x] **Any**', [])).toEqual({ complete: true, missing: [], open: [] });
    expect(openCriteria('- [x] a\n- [ ] b', [])).toEqual({ complete: false, missing: [], open: ['b'] });
    expect(openCriteria('Nothing to tick.', [])).toEqual({ complete: false, missing: [], open: [] });
  });
});
