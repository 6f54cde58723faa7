import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { agentBinary, PROJECT } from './compiled.ts';
import type { AgentScript, Program } from './fake-agent/script.ts';

export interface RigOptions {
  /** A repository with one commit of `files` (default), one without commits, or a plain folder. */
  readonly git?: boolean | 'unborn';
  /** Files of the workspace, committed where there is a commit; one README by default. */
  readonly files?: Readonly<Record<string, string>>;
  /** Text of `autoloop.yaml`, one of the files. */
  readonly config?: string;
  /** The workspace is this folder of the repository. */
  readonly subfolder?: string;
  readonly script?: AgentScript;
  /** Which fakes are on PATH; both. */
  readonly programs?: readonly Program[];
  /** The fakes run below a launcher, as codex from npm does: killing that one leaves the agent at work. */
  readonly launcher?: boolean;
  /** PATH holds the fakes and nothing else, so that no git is found. */
  readonly bare?: boolean;
  /** No user.name and user.email. */
  readonly anonymous?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Sandbox {
  readonly root: string;
  readonly workspace: string;
  readonly repository: string;
  readonly agents: string;
  /** The environment of everything that a rig starts; its own variable marks what belongs to it. */
  readonly env: Readonly<Record<string, string>>;
  readonly mark: string;
  /** Whether the program finds a git. */
  readonly hasGit: boolean;
}

/** Fills a fresh folder: the workspace, a HOME, and the fakes first on PATH. */
export function fillSandbox(root: string, options: RigOptions): Sandbox {
  const repository = path.join(root, 'workspace');
  const workspace = path.join(repository, options.subfolder ?? '.');
  const agents = path.join(root, 'agents');
  const bin = path.join(root, 'bin');
  for (const dir of [workspace, agents, bin, path.join(root, 'home')]) mkdirSync(dir, { recursive: true });
  writeFileSync(path.join(agents, 'script.json'), JSON.stringify(options.script ?? {}));
  for (const program of options.programs ?? ['codex', 'claude'])
    install(bin, program, agents, options.launcher === true);
  const mark = `RIG_${path.basename(root).replace(/\W/g, '_')}`;
  const env = {
    PATH: options.bare === true ? bin : [bin, ...withoutAgents()].join(path.delimiter),
    HOME: path.join(root, 'home'),
    TZ: 'UTC',
    LC_ALL: 'C.UTF-8',
    TERM: 'dumb',
    GIT_CONFIG_NOSYSTEM: '1',
    [mark]: '1',
    ...options.env,
  };
  const sandbox: Sandbox = { root, workspace, repository, agents, env, mark, hasGit: options.bare !== true };
  fillWorkspace(sandbox, options);
  return sandbox;
}

export function gitIn(sandbox: Sandbox, args: readonly string[]): string {
  const git = { cwd: sandbox.workspace, env: { ...sandbox.env, PATH: process.env['PATH'] ?? '' }, maxBuffer: 1 << 28 };
  return execFileSync('git', args, { ...git, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** The program under test: `dist/autoloop`, or the words of UNDER_TEST (`node src/main.ts`), files relative to the project. */
export function commandUnderTest(): { file: string; args: string[] } {
  const words = (process.env['UNDER_TEST'] ?? 'dist/autoloop').split(' ').map((word) => {
    const file = path.join(PROJECT, word);
    return existsSync(file) ? file : word;
  });
  const [file = '', ...args] = words;
  if (file === 'dist/autoloop')
    throw new Error('dist/autoloop is not there: run `npm run build`, or set UNDER_TEST="node src/main.ts"');
  return { file: file === 'node' ? process.execPath : file, args };
}

function fillWorkspace(sandbox: Sandbox, options: RigOptions): void {
  const { workspace, repository } = sandbox;
  const files = {
    ...(options.files ?? { 'README.md': '# Project\n' }),
    ...(options.config !== undefined && { 'autoloop.yaml': options.config }),
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(workspace, name)), { recursive: true });
    writeFileSync(path.join(workspace, name), text);
  }
  if (options.git === false) return;
  const git = (...args: string[]) => gitIn(sandbox, ['-C', repository, ...args]);
  git('init', '-q', '-b', 'main');
  if (options.anonymous !== true) {
    git('config', 'user.name', 'Rig');
    git('config', 'user.email', 'rig@example.com');
  }
  if (options.git === 'unborn') return;
  git('add', '-A');
  git('-c', 'user.name=Rig', '-c', 'user.email=rig@example.com', 'commit', '-q', '--allow-empty', '-m', 'first');
}

function install(bin: string, program: Program, agents: string, launcher: boolean): void {
  const call = `"${agentBinary()}" ${program} "${agents}" "$@"`;
  // The launcher hands its standard input on and passes signals, as the npm one does.
  const text = launcher
    ? `#!/bin/sh\nexec 3<&0\n${call} <&3 3<&- &\nfor s in INT TERM HUP; do trap "kill -$s $!" $s; done\nwait $!\nwait $!\n`
    : `#!/bin/sh\nexec ${call}\n`;
  const file = path.join(bin, program);
  writeFileSync(file, text);
  chmodSync(file, 0o755);
}

/** The machine's PATH without folders that hold the real programs. */
function withoutAgents(): string[] {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  return folders.filter((folder) => !['codex', 'claude'].some((name) => existsSync(path.join(folder, name))));
}
