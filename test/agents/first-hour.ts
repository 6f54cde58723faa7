import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PROJECT } from '../support/compiled.ts';
import { type, type Typed } from '../support/transcript.ts';
import { Mock } from './mock/server.ts';
import { work } from './worker.ts';

const WITH_CLAUDE = [
  'git init -q -b main . && git commit -q --allow-empty -m "Begin"',
  'autoloop init --provider claude',
  'autoloop --intent "greet.sh greets whom it is told to."',
  'git log --oneline | head -5',
];

/** What somebody sees who has an empty HOME, git and the program, and begins with the demo. */
export function firstDemo(): Promise<Typed[]> {
  return asNewcomer({}, (home, env) => typeAll(['autoloop demo'], home, { ...env, TMPDIR: home }));
}

/** The same with `claude`, the real one, in a repository of one's own; a mock on this machine is its model. */
export async function firstRunWithClaude(claude: string): Promise<Typed[]> {
  const mock = new Mock(work);
  await mock.up();
  try {
    return await asNewcomer({ claude }, (home, env) => {
      const project = path.join(home, 'greeting');
      mkdirSync(project);
      return typeAll(WITH_CLAUDE, project, {
        ...env,
        ANTHROPIC_BASE_URL: mock.url,
        ANTHROPIC_API_KEY: 'dummy',
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
        DISABLE_AUTOUPDATER: '1',
        GIT_AUTHOR_NAME: 'Pat',
        GIT_AUTHOR_EMAIL: 'pat@example.org',
        GIT_COMMITTER_NAME: 'Pat',
        GIT_COMMITTER_EMAIL: 'pat@example.org',
      });
    });
  } finally {
    await mock.down();
  }
}

async function typeAll(commands: readonly string[], cwd: string, env: Record<string, string>): Promise<Typed[]> {
  const typed: Typed[] = [];
  for (const command of commands) typed.push(await type(command, cwd, env));
  return typed;
}

/** Nothing of whoever runs this is there: a new HOME, the system's programs, Autoloop, and `programs` by name. */
async function asNewcomer<T>(
  programs: Readonly<Record<string, string>>,
  act: (home: string, env: Record<string, string>) => Promise<T>,
): Promise<T> {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'newcomer-')));
  try {
    const [home, bin] = [path.join(root, 'home'), path.join(root, 'bin')];
    mkdirSync(home);
    mkdirSync(bin);
    const all = { ...programs, autoloop: path.join(PROJECT, 'dist/autoloop') };
    for (const [name, program] of Object.entries(all)) symlinkSync(program, path.join(bin, name));
    return await act(home, { HOME: home, PATH: `${bin}:/usr/bin:/bin`, LANG: 'C.UTF-8', TZ: 'UTC' });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
