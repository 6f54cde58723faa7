import { describe, expect, it } from 'vitest';
import { columnsOf } from '../../../src/inspect/columns.ts';
import { tableOf } from '../../../src/inspect/task-table.ts';

const ROWS = [
  ['demo', 'success', '2026-11-29T10:01:04+01:00', 'Write a shell script that converts numbers'],
  ['kanji', 'no run', '2026-11-29T10:00:43+01:00', '漢字の変換プログラムを作る 🎉👩‍👩‍👧 すべてのテストを書く'],
];

describe('the table of tasks', () => {
  it.each([40, 60, 80, 200])('fits into %i columns and shows something of each request', (columns) => {
    const lines = tableOf(ROWS, columns).trimEnd().split('\n');
    for (const line of lines) expect(columnsOf(line)).toBeLessThanOrEqual(columns);
    expect(lines[1]).toContain('Write a shell');
    expect(lines[2]).toContain('漢字の変換');
  });

  it('keeps the time where there is room, and leaves it out of a narrow window', () => {
    expect(tableOf(ROWS, 80)).toContain('2026-11-29T10:01:04+01:00  Write');
    expect(tableOf(ROWS, 40)).not.toContain('2026');
    expect(tableOf(ROWS, 40).split('\n')[0]).toBe('task   status   request');
  });
});
