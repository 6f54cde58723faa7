import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { jsonText, openJson, peekJson, saveJson } from '../../../src/store/disk/json-files.ts';
import { NOW, workspace } from './rig.ts';

function jsonFile(text: string) {
  const { disk, state } = workspace();
  mkdirSync(state.folder);
  const file = path.join(state.folder, 'run.json');
  writeFileSync(file, text);
  return { disk, file, folder: state.folder, text: () => readFileSync(file, 'utf8') };
}

describe('saving a JSON file', () => {
  it('keeps keys that it does not know and drops those that it is told to', async () => {
    const { disk, file, text } = jsonFile('{"theirs": [1], "run_id": "old", "phase_status": {}}');
    await saveJson(disk, file, { run_id: 'new', provider: undefined, phases: ['a'] }, ['phase_status']);
    expect(text()).toBe('{\n  "theirs": [\n    1\n  ],\n  "run_id": "new",\n  "phases": [\n    "a"\n  ]\n}\n');
  });

  it('writes nothing when nothing changes, whatever the file looks like', async () => {
    const { disk, file } = jsonFile('{"a":1,  "b":{"c":null}}');
    const before = statSync(file);
    expect(await saveJson(disk, file, { b: { c: null }, d: undefined })).toBe('{"a":1,  "b":{"c":null}}');
    expect(statSync(file).ino).toBe(before.ino);
  });
});

describe('opening a JSON file', () => {
  it('keeps the file aside whichever byte it ends at too early', async () => {
    const whole = jsonText({ task_id: 'demo', request_text: 'é', created_at: 'x' });
    for (let at = 0; at < Buffer.byteLength(whole) - 2; at += 1) {
      const { file, folder } = jsonFile('');
      const torn = Buffer.from(whole).subarray(0, at);
      writeFileSync(file, torn);
      const { document, warning } = await openJson(file, NOW);
      expect(document).toBeNull();
      expect(warning).toContain('run.json is not a JSON object; it was kept as run.json.corrupt-20261123T184954258Z');
      expect(readdirSync(folder)).toEqual(['run.json.corrupt-20261123T184954258Z']);
      expect(readFileSync(path.join(folder, 'run.json.corrupt-20261123T184954258Z'))).toEqual(torn);
    }
  });

  it.each(['[]', 'null', '7', '"x"', '\0\0\0'])('takes %j for unreadable', async (text) => {
    const { file } = jsonFile(text);
    expect(await peekJson(file)).toBeNull();
    expect((await openJson(file, NOW)).warning).not.toBeNull();
  });

  it('is content with a file that is not there, and only looks when asked to only look', async () => {
    const { file, folder } = jsonFile('garbage');
    expect(await openJson(path.join(folder, 'none'), NOW)).toEqual({ document: null, warning: null });
    expect(await peekJson(file)).toBeNull();
    expect(readdirSync(folder)).toEqual(['run.json']);
  });

  it('keeps each unreadable file, also two of the same moment', async () => {
    const { file, folder } = jsonFile('one');
    await openJson(file, NOW);
    writeFileSync(file, 'two');
    await openJson(file, NOW);
    const kept = readdirSync(folder).map((name) => readFileSync(path.join(folder, name), 'utf8'));
    expect(kept.sort()).toEqual(['one', 'two']);
  });
});
