import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { valueAt } from '../../../src/config/layer-values.ts';
import { CONFIG_FILE_NAMES, configDirectories, loadLayers } from '../../../src/config/load.ts';
import { Problem } from '../../../src/core/problem.ts';

let root = '';
let workspace = '';
let user = '';
const load = () => loadLayers({ workspace, home: path.join(root, 'home'), env: {} });

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'autoloop-config-'));
  workspace = path.join(root, 'workspace');
  user = path.join(root, 'home', '.config', 'autoloop');
  mkdirSync(workspace);
  mkdirSync(user, { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

async function problemOf(loading: Promise<unknown>): Promise<Problem> {
  const problem: unknown = await loading.then(
    () => new Error('nothing was refused'),
    (error: unknown) => error,
  );
  if (problem instanceof Problem) return problem;
  throw problem;
}

describe('the directories', () => {
  const directories = (env: Record<string, string>, home = '/home/me') =>
    configDirectories({ workspace: '/w', home, env });

  it("are the user's and then the workspace", () => {
    expect(directories({})).toEqual(['/home/me/.config/autoloop', '/w']);
    expect(directories({ XDG_CONFIG_HOME: '/xdg' })).toEqual(['/xdg/autoloop', '/w']);
  });

  it('ignore an empty or relative XDG_CONFIG_HOME', () => {
    expect(directories({ XDG_CONFIG_HOME: '' })).toEqual(['/home/me/.config/autoloop', '/w']);
    expect(directories({ XDG_CONFIG_HOME: 'xdg' })).toEqual(['/home/me/.config/autoloop', '/w']);
  });

  it('are the workspace alone without a home, and one directory that is both counts once', () => {
    expect(directories({}, '')).toEqual(['/w']);
    expect(configDirectories({ workspace: '/xdg/autoloop', home: '/', env: { XDG_CONFIG_HOME: '/xdg' } })).toEqual([
      '/xdg/autoloop',
    ]);
  });

  it('are the workspace alone where the user’s would be in it, and what stands there is refused by name', async () => {
    const within = { workspace, home: workspace, env: {} };
    expect(configDirectories(within)).toEqual([workspace]);
    expect(await loadLayers(within)).toEqual([]);
    symlinkSync(workspace, path.join(root, 'link'));
    const file = path.join(workspace, '.config/autoloop/autoloop.yaml');
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, 'provider:\n  codex: { sandbox: bypass }\n');
    for (const env of [{}, { XDG_CONFIG_HOME: path.join(root, 'link/.config') }]) {
      const { message } = await problemOf(loadLayers({ ...within, env }));
      expect(message).toMatch(/autoloop\.yaml: found your own configuration within the workspace, where agents write/);
    }
  });
});

describe('loading', () => {
  it('names an agent that there is not beside all else that is wrong, by the commands of all files', async () => {
    const mine = path.join(user, 'autoloop.yaml');
    const theirs = path.join(workspace, 'autoloop.yaml');
    writeFileSync(mine, 'provider:\n  name: gpt\n  commands: { writer: { start: [w], output: 7 } }\n');
    writeFileSync(theirs, 'provider:\n  roles:\n    producer: { name: writer }\n    verifier: { name: "a b" }\n');
    const lines = (await problemOf(load())).message.split('\n');
    expect(lines.map((line) => line.replace(/; accepted.*/, ''))).toEqual([
      `${mine}:2:9: provider.name: found "gpt" (string)`,
      `${mine}:3:45: provider.commands.writer.output: found 7 (number)`,
      `${theirs}:4:23: provider.roles.verifier.name: found "a b" (string)`,
    ]);
    expect(lines[0]).toContain('accepted: codex, claude, acp, command, rehearsal, or writer');
  });

  it('judges no name while a file that may have it cannot be read', async () => {
    writeFileSync(path.join(user, 'autoloop.yaml'), 'provider: [');
    writeFileSync(path.join(workspace, 'autoloop.yaml'), 'provider: { name: writer }\n');
    expect((await problemOf(load())).message).not.toContain('writer');
  });

  it('finds no layer where there is no file, no directory or no home', async () => {
    expect(await load()).toEqual([]);
    expect(await loadLayers({ workspace, home: path.join(root, 'nowhere'), env: {} })).toEqual([]);
    expect(await loadLayers({ workspace, home: '/dev/null', env: {} })).toEqual([]);
  });

  it.each(CONFIG_FILE_NAMES)('reads %s in both directories, the workspace last', async (name) => {
    writeFileSync(path.join(user, name), 'runtime: {max_iterations: 2}\n');
    writeFileSync(path.join(workspace, name), '\uFEFFruntime: {max_iterations: 3}\n');
    const layers = await load();
    expect(layers.map(({ file, values }) => [file, valueAt(values, 'runtime.max_iterations')])).toEqual([
      [path.join(user, name), 2],
      [path.join(workspace, name), 3],
    ]);
  });

  it('follows a link to a file', async () => {
    writeFileSync(path.join(root, 'shared.yaml'), 'provider: {name: claude}\n');
    symlinkSync('../shared.yaml', path.join(workspace, 'autoloop.yaml'));
    expect((await load()).map(({ values }) => values)).toEqual([{ provider: { name: 'claude' } }]);
  });

  it('refuses two files in one directory, naming both and the directory', async () => {
    writeFileSync(path.join(workspace, 'autoloop.yaml'), '');
    writeFileSync(path.join(workspace, 'superloop.config'), '');
    const problem = await problemOf(load());
    expect(problem.kind).toBe('configuration');
    expect(problem.message).toBe(
      `${workspace}: found autoloop.yaml and superloop.config; accepted: one configuration file in a directory`,
    );
  });

  it('reports all problems of all files at once', async () => {
    writeFileSync(path.join(user, 'autoloop.yaml'), 'runtime: {max_iterations: 0, no_git: yes}\n');
    writeFileSync(path.join(workspace, 'autoloop.yaml'), 'provider: {nmae: codex}\n');
    const lines = (await problemOf(load())).message.split('\n');
    expect(lines.map((line) => line.replace(/: found.*/, ''))).toEqual([
      `${path.join(user, 'autoloop.yaml')}:1:27: runtime.max_iterations`,
      `${path.join(user, 'autoloop.yaml')}:1:38: runtime.no_git`,
      `${path.join(workspace, 'autoloop.yaml')}:1:12: provider.nmae`,
    ]);
  });
});

describe('what stands under the name of a file and is none', () => {
  const accepted = 'accepted: a YAML file';
  const file = () => path.join(workspace, 'autoloop.yaml');
  const message = async () => (await problemOf(load())).message;

  it('is refused if it is a directory', async () => {
    mkdirSync(file());
    expect(await message()).toBe(`${file()}: found something that is not a regular file; ${accepted}`);
  });

  it.skipIf(process.platform === 'win32')('is refused without waiting if it is a named pipe', async () => {
    execFileSync('mkfifo', [file()]);
    expect(await message()).toBe(`${file()}: found something that is not a regular file; ${accepted}`);
  });

  it('is refused unread if it is beyond measure', async () => {
    writeFileSync(file(), '');
    truncateSync(file(), 20_000_000_000);
    expect(await message()).toBe(`${file()}: found 20000000000 bytes; accepted: a YAML file of at most 10 MB`);
  });

  it('is refused if it is a socket', async () => {
    const server = createServer();
    await new Promise<void>((listening) => server.listen(file(), listening));
    expect(await message()).toBe(`${file()}: found something that is not a regular file; ${accepted}`);
    await new Promise((closed) => server.close(closed));
  });

  it('is refused if it is a link to nothing, to a directory or to itself', async () => {
    symlinkSync('nowhere', file());
    expect(await message()).toBe(`${file()}: found a link to nothing; accepted: a readable YAML file`);
    rmSync(file());
    symlinkSync('.', file());
    expect(await message()).toBe(`${file()}: found something that is not a regular file; ${accepted}`);
    rmSync(file());
    symlinkSync('autoloop.yaml', file());
    expect(await message()).toBe(`${file()}: found a file that cannot be read (ELOOP); accepted: a readable YAML file`);
  });

  it('is refused if it cannot be read', async () => {
    // Nothing keeps root from reading a file but the file itself.
    if (process.getuid?.() === 0) symlinkSync('/proc/self/mem', file());
    else writeFileSync(file(), '');
    if (process.getuid?.() !== 0) chmodSync(file(), 0);
    expect(await message()).toMatch(/: found a file that cannot be read \(E\w+\); accepted: a readable YAML file$/);
  });

  it('is refused if it is not UTF-8', async () => {
    writeFileSync(file(), Buffer.from('provider: {name: "caf\xe9"}\n', 'latin1'));
    expect(await message()).toBe(`${file()}: found bytes that are not UTF-8; accepted: a YAML file in UTF-8`);
    writeFileSync(file(), Buffer.from('\uFEFFprovider: {}\n', 'utf16le'));
    expect(await message()).toBe(`${file()}: found bytes that are not UTF-8; accepted: a YAML file in UTF-8`);
  });

  it('is named without control characters', async () => {
    workspace = path.join(root, 'a\u001b[2Jb');
    mkdirSync(file(), { recursive: true });
    expect(await message()).toContain(String.raw`a\u{1b}[2Jb/autoloop.yaml: found`);
  });
});
