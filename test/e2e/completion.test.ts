import { execFileSync, spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRig, type Rig } from '../support/rig.ts';
import { putOnPath } from './on-path.ts';

/** A shell's own answer to the words at its prompt, the last of which is being typed. */
type Asks = (rig: Rig, words: readonly string[]) => string[];

const RUN = 'run-20261124T080000Z-0123abcd';
const OTHER_RUN = 'run-20261124T090000Z-0123abcd';

/** A workspace with two tasks of one run each, and the program on PATH. */
async function createWorkspace(): Promise<Rig> {
  const rig = await createRig({
    git: false,
    files: { '.autoloop/tasks/alpha/task.json': '{}\n', 'request.txt': 'x\n' },
  });
  rig.write(`.autoloop/tasks/alpha/runs/${RUN}/request.md`, 'x\n');
  rig.write(`.autoloop/tasks/beta/runs/${OTHER_RUN}/request.md`, 'x\n');
  putOnPath(rig);
  return rig;
}

/** As the shell calls the function: the words, the cursor behind the last of them; bash takes `=` for a word of its own. */
const bash: Asks = (rig, words) =>
  linesOf(
    rig,
    ['bash', '--norc', '--noprofile', '-c'],
    `eval "$(autoloop completion bash)"
     COMP_WORDS=(${words
       .flatMap((word) => word.split(/(=)/))
       .map(quoted)
       .join(' ')}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
     _autoloop autoloop; printf '%s\\n' "\${COMPREPLY[@]}"`,
  );

/** The builtins that need a prompt are replaced by ones that print. */
const zsh: Asks = (rig, words) =>
  linesOf(
    rig,
    ['zsh', '-f', '-c'],
    `compdef() { : }; compset() { : }; compadd() { print -rl -- $values }
     _files() { print -r -- files $* }
     eval "$(autoloop completion zsh)"
     words=(${words.map(quoted).join(' ')}); CURRENT=\${#words}; _autoloop`,
  );

const fish: Asks = (rig, words) =>
  linesOf(
    rig,
    ['fish', '--no-config', '-c'],
    `autoloop completion fish | source; complete -C ${quoted(words.join(' '))}`,
  ).map((line) => line.split('\t')[0] ?? '');

const SHELLS = { bash, zsh, fish };

describe.each(Object.entries(SHELLS))('completion in %s', (shell, asks) => {
  const isThere = spawnSync(shell, ['-c', 'true']).status === 0;

  it.skipIf(!isThere)('offers the ids of tasks and runs, those of the task that is named', async () => {
    await using rig = await createWorkspace();
    expect(asks(rig, ['autoloop', 'status', '--task-id', ''])).toEqual(['alpha', 'beta']);
    expect(asks(rig, ['autoloop', '--resume', '--task-id', 'b'])).toEqual(['beta']);
    expect(asks(rig, ['autoloop', 'logs', '--run-id', 'run']).sort()).toEqual([RUN, OTHER_RUN]);
    expect(asks(rig, ['autoloop', '--resume', '--task-id', 'alpha', '--run-id', ''])).toEqual([RUN]);
    const joined = asks(rig, ['autoloop', 'status', '--task-id=be']);
    expect(joined.map((value) => value.replace('--task-id=', ''))).toEqual(['beta']);
  });

  it.skipIf(!isThere)('offers commands, options and their choices', async () => {
    await using rig = await createWorkspace();
    expect(asks(rig, ['autoloop', 'stat'])).toEqual(['status']);
    expect(asks(rig, ['autoloop', '--phase-m'])).toEqual(['--phase-mode']);
    expect(asks(rig, ['autoloop', '--phase-mode', '']).sort()).toEqual(['single', 'up-to']);
    expect(asks(rig, ['autoloop', 'logs', '--fol'])).toEqual(['--follow']);
  });

  it.skipIf(!isThere)('leaves files and folders to the shell', async () => {
    await using rig = await createWorkspace();
    const files = asks(rig, ['autoloop', '--intent-file', 'reque']);
    const folders = asks(rig, ['autoloop', '--workspace', '.autol']);
    expect([files.join(), folders.join()]).toEqual(
      shell === 'zsh' ? ['files', 'files -/'] : ['request.txt', expect.stringMatching(/^\.autoloop\/?$/)],
    );
  });

  it.skipIf(!isThere)('says nothing where there is nothing to offer', async () => {
    await using rig = await createWorkspace();
    expect(
      asks(rig, ['autoloop', 'status', '--workspace', path.join(rig.workspace, 'nowhere'), '--task-id', '']),
    ).toEqual([]);
    expect(asks(rig, ['autoloop', '--intent', ''])).toEqual([]);
  });
});

describe('autoloop completion', () => {
  it('prints a bash script that bash 3.2 can read', async () => {
    await using rig = await createWorkspace();
    const { code, stdout } = await rig.run(['completion', 'bash']);
    expect(code).toBe(0);
    expect(stdout).not.toMatch(/mapfile|readarray|declare -A|\$\{\w+[,^]/);
    execFileSync('bash', ['-n'], { input: stdout });
  });

  it('refuses a shell that it does not know, naming those that it does', async () => {
    await using rig = await createWorkspace();
    const { code, stdout, stderr } = await rig.run(['completion', 'csh']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('bash, zsh, fish');
  });
});

function linesOf(rig: Rig, [shell = '', ...args]: readonly string[], script: string): string[] {
  const options = { cwd: rig.workspace, env: rig.sandbox.env, encoding: 'utf8' } as const;
  const { stdout, stderr, status } = spawnSync(shell, [...args, script], options);
  if (status !== 0 && stderr !== '') throw new Error(`${shell} ended with ${status ?? '?'}: ${stderr}`);
  return stdout.split('\n').filter((line) => line !== '');
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
