import { appendFileSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileTail } from '../../../src/inspect/file-lines.ts';
import { PhaseOutputs } from '../../../src/inspect/phase-outputs.ts';
import { rawLogText } from '../../../src/store/run/raw-log.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'inspect-'));
  file = path.join(folder, 'file');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a file that is read as it grows', () => {
  const linesOf = async (tail: FileTail) => {
    const lines: string[] = [];
    for await (const line of tail.lines()) lines.push(line);
    return lines;
  };

  it('gives every line once, and a line without its end only when it has one', async () => {
    const tail = new FileTail(file);
    expect(await linesOf(tail)).toEqual([]);
    writeFileSync(file, 'one\ntw');
    expect(await linesOf(tail)).toEqual(['one']);
    appendFileSync(file, 'o\n\nthree\n');
    expect(await linesOf(tail)).toEqual(['two', '', 'three']);
    expect(await linesOf(tail)).toEqual([]);
  });

  it('does not split characters or lines where its own pieces end', async () => {
    const lines = Array.from({ length: 40 }, (_, at) => 'ä€😀'.repeat(at * 97));
    writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
    expect(await linesOf(new FileTail(file))).toEqual(lines);
  });

  it('begins anew in a file that was replaced or cut', async () => {
    const tail = new FileTail(file);
    writeFileSync(file, 'one\ntwo\n');
    await linesOf(tail);
    writeFileSync(`${file}.tmp`, 'one\ntwo\nthree\n');
    renameSync(`${file}.tmp`, file);
    expect(await linesOf(tail)).toEqual(['one', 'two', 'three']);
    truncateSync(file, 4);
    expect(await linesOf(tail)).toEqual(['one']);
  });

  it('reads a line again that its reader did not go on from', async () => {
    const tail = new FileTail(file);
    writeFileSync(file, 'one\ntwo\n');
    for await (const line of tail.lines()) if (line === 'one') break;
    expect(await linesOf(tail)).toEqual(['one', 'two']);
  });

  it('leaves out what no line is long enough to need', async () => {
    writeFileSync(file, `${'x'.repeat(17 << 20)}\nnext\n`);
    const [long, next] = await linesOf(new FileTail(file));
    expect(long).toHaveLength(16 << 20);
    expect(next).toBe('next');
  });
});

describe("agents' texts in the ledger", () => {
  const TURN = { pair: 'plan', phase: 'producer', cycle: 1, attempt: 1 } as const;
  const entry = (body: string, turn: object = TURN) => rawLogText('run-1', { entry: 'phase_output', ...turn, body });

  it('are found turn after turn, between entries of other kinds', async () => {
    const other = rawLogText('run-1', { entry: 'session_turn', ...TURN, body: 'mode=start' });
    const verifier = { ...TURN, phase: 'verifier' } as const;
    writeFileSync(
      file,
      `# Autoloop Raw Phase Log\n${other}${entry('One.\n\n---\nTwo.')}${other}${entry('Fine.', verifier)}`,
    );
    const outputs = new PhaseOutputs(file);
    expect(await outputs.take(TURN)).toBe('One.\n\n---\nTwo.');
    expect(await outputs.take(verifier)).toBe('Fine.');
    expect(await outputs.take(TURN)).toBeNull();
    appendFileSync(file, entry('Again.'));
    expect(await outputs.take(TURN)).toBe('Again.');
  });

  it('are those of each of two turns of one name, in their order', async () => {
    writeFileSync(file, entry('First.') + entry('Second.'));
    const outputs = new PhaseOutputs(file);
    expect([await outputs.take(TURN), await outputs.take(TURN)]).toEqual(['First.', 'Second.']);
  });

  it('are the newest once an agent has reverted the ledger', async () => {
    writeFileSync(file, entry('Old.') + entry('Lost.', { ...TURN, cycle: 2 }));
    const outputs = new PhaseOutputs(file);
    await outputs.take(TURN);
    await outputs.take({ ...TURN, cycle: 2 });
    writeFileSync(`${file}.tmp`, entry('Old.') + entry('New.'));
    renameSync(`${file}.tmp`, file);
    expect(await outputs.take(TURN)).toBe('New.');
  });

  it('are not taken from a text that looks like an entry', async () => {
    const forged = { ...TURN, cycle: 2 };
    writeFileSync(file, entry(`Real.\n${entry('Forged.', forged)}`));
    const outputs = new PhaseOutputs(file);
    expect(await outputs.take(forged)).toBeNull();
    expect(await outputs.take(TURN)).toContain('Real.');
  });

  it('are none without a ledger', async () => {
    expect(await new PhaseOutputs(file).take(TURN)).toBeNull();
  });
});
