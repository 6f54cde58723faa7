import { spawn } from 'node:child_process';
import { chmodSync, chownSync, cpSync, lstatSync, mkdirSync, mkdtempSync, readdirSync } from 'node:fs';
import { readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { PROJECT } from './compiled.ts';

/** Somebody who is not root, so that permissions count. */
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

export interface Installed {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface InstallOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Programs that come first on PATH, by name the text of a shell script. */
  readonly programs?: Readonly<Record<string, string>>;
  /** As whoever runs the tests: who may not read this project cannot build it. */
  readonly asMyself?: boolean;
}

/** A user's HOME with a space in its name, install.sh beside its skill, and programs that stand for built ones. */
export class InstallBed {
  readonly root = mkdtempSync(path.join(tmpdir(), 'install-'));
  readonly home = path.join(this.root, 'some body');
  readonly release = path.join(this.root, 'rel ease');

  constructor() {
    mkdirSync(this.home);
    mkdirSync(path.join(this.release, 'skill'), { recursive: true });
    for (const name of ['install.sh', 'skill/SKILL.md']) {
      cpSync(path.join(PROJECT, name), path.join(this.release, name));
    }
    chmodSync(this.root, 0o755);
    if (isRoot) chownSync(this.home, NOBODY, NOBODY);
  }

  /** An executable that says `version`. */
  program(version: string): string {
    const file = path.join(this.root, `autoloop-${version}`);
    script(file, `case "$1" in --version) echo ${version} ;; skill) echo "skill of ${version}" ;; esac\n`);
    return file;
  }

  inHome(name: string): string {
    return path.join(this.home, name);
  }

  /** Writes a file of the user's. */
  write(name: string, content: string): void {
    const file = this.inHome(name);
    this.makeFolder(path.dirname(name));
    writeFileSync(file, content);
    if (isRoot) chownSync(file, NOBODY, NOBODY);
  }

  makeFolder(name: string, mode = 0o755): void {
    let folder = this.home;
    for (const part of name.split('/')) {
      folder = path.join(folder, part);
      mkdirSync(folder, { recursive: true });
      if (isRoot) chownSync(folder, NOBODY, NOBODY);
    }
    chmodSync(folder, mode);
  }

  /** Runs install.sh as the user, in a process group of its own. */
  async install(args: readonly string[], options: InstallOptions = {}): Promise<Installed> {
    const { env = {}, programs = {}, asMyself = false } = options;
    const tools = path.join(this.root, 'tools');
    rmSync(tools, { recursive: true, force: true });
    mkdirSync(tools);
    for (const [name, body] of Object.entries(programs)) script(path.join(tools, name), body);
    const child = spawn('/bin/bash', [path.join(this.release, 'install.sh'), ...args], {
      cwd: this.root,
      env: { HOME: this.home, PATH: `${tools}:/usr/bin:/bin`, SHELL: '/bin/bash', TMPDIR: '/tmp', ...env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(isRoot && !asMyself && { uid: NOBODY, gid: NOBODY }),
    });
    const ended = new Promise<[number | null, NodeJS.Signals | null]>((done, failed) => {
      child.on('error', failed);
      child.on('close', (code, signal) => {
        done([code, signal]);
      });
    });
    const [stdout, stderr, [code, signal]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    return { code, signal, stdout, stderr };
  }

  /** Everything in HOME: folders, links with their targets, files with mode and content. */
  tree(): Record<string, string> {
    const names = readdirSync(this.home, { recursive: true, encoding: 'utf8' }).sort();
    return Object.fromEntries(names.map((name) => [name, shown(this.inHome(name))]));
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** The lines of a section of the plan, without their dashes; [] where there is none. */
export function planned({ stdout }: Installed, section: string): string[] {
  const [, body = ''] = new RegExp(`^${section}:\\n((?: {2}.*\\n)*)`, 'm').exec(stdout) ?? [];
  return [...body.matchAll(/^ {2}- (.*)$/gm)].map(([, line = '']) => line);
}

function shown(file: string): string {
  const stats = lstatSync(file);
  if (stats.isSymbolicLink()) return `-> ${readlinkSync(file)}`;
  if (stats.isDirectory()) return 'folder';
  return `${(stats.mode & 0o777).toString(8)} ${readFileSync(file, 'utf8')}`;
}

function script(file: string, body: string): void {
  writeFileSync(file, `#!/bin/sh\n${body}`);
  chmodSync(file, 0o755);
}
