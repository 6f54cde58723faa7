import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { StatusDocument } from '../../src/inspect/status-document.ts';
import { PROJECT } from '../support/compiled.ts';
import { createRig, type Rig } from '../support/rig.ts';
import { putOnPath } from '../e2e/on-path.ts';

/** Every line of the skill's blocks of commands, and every command in its text. */
function commandsOf(skill: string): string[] {
  const blocks = [...skill.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, body = '']) => body.trim().split('\n'));
  const inText = [...skill.replace(/^```[\s\S]*?^```$/gm, '').matchAll(/`(autoloop(?: [^`]*)?)`/g)];
  return [...new Set([...blocks, ...inText.map(([, command = '']) => command)])];
}

/** An agent's shell: runs the commands of the skill that it is asked for, and knows which it has run. */
class Reader {
  readonly unread = new Set(commandsOf(readFileSync(path.join(PROJECT, 'skill/SKILL.md'), 'utf8')));
  readonly #rig: Rig;
  readonly #variables: Record<string, string>;

  constructor(rig: Rig, variables: Record<string, string>) {
    this.#rig = rig;
    this.#variables = variables;
  }

  set(variables: Record<string, string>): void {
    Object.assign(this.#variables, variables);
  }

  /** Runs the one command that has not been run and holds `words`, to its end also in the background. */
  run(words: string) {
    const [command, ...others] = [...this.unread].filter((one) => one.includes(words));
    if (command === undefined || others.length > 0) throw new Error(`not one command has ${words}: ${command ?? ''}`);
    this.unread.delete(command);
    const script = command.endsWith('&') ? `${command}\nwait "$!"` : command;
    const { status, stdout, stderr } = spawnSync('sh', ['-c', script], {
      cwd: this.#rig.workspace,
      env: { ...this.#rig.sandbox.env, TMPDIR: this.#rig.sandbox.root, ...this.#variables },
      encoding: 'utf8',
    });
    return { code: status, stdout, stderr };
  }

  json(words: string): Record<string, unknown> {
    const { code, stdout, stderr } = this.run(words);
    expect({ code, stderr }, words).toEqual({ code: 0, stderr: '' });
    return JSON.parse(stdout) as Record<string, unknown>;
  }
}

describe('the skill', () => {
  it('leads an agent from the choice over a question and a standstill to the result, and has no other command', async () => {
    const rules = [
      { pair: 'plan', role: 'producer', nth: 1, question: 'Commas or semicolons?' },
      { pair: 'plan', role: 'verifier', nth: 1, promise: 'BLOCKED' },
    ] as const;
    await using rig = await createRig({ script: { rules } });
    putOnPath(rig);
    const inRoot = (name: string) => path.join(rig.sandbox.root, name);
    writeFileSync(inRoot('request.txt'), 'Export the report as CSV.\n');
    const log = () => readFileSync(inRoot('log'), 'utf8');
    const reader = new Reader(rig, {
      WORKSPACE: rig.workspace,
      REQUEST_FILE: inRoot('request.txt'),
      LOG: inRoot('log'),
      TASK: 'add-csv-export',
    });

    expect(reader.run('cd "$WORKSPACE"').code).toBe(0);
    expect(reader.json('doctor --json')).toMatchObject({ ok: true });
    expect(reader.run('autoloop doctor')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('codex') as string,
    });
    expect(reader.json('--print-config --json')).toMatchObject({ values: { 'provider.name': { value: 'codex' } } });
    expect(reader.json('--list-tasks --json')).toMatchObject({ tasks: [] });
    expect(reader.run('autoloop demo').code).toBe(0);

    expect(reader.run('--intent-file "$REQUEST_FILE"').code, log()).toBe(4);
    expect(log()).toMatch(/\nResume: autoloop --resume .*\n$/);
    const waited = reader.run('wait --task-id "$TASK"');
    expect([waited.code, JSON.parse(waited.stdout)]).toMatchObject([4, { need: 'question' }]);
    const asked = reader.json('status --task-id "$TASK" --json') as unknown as StatusDocument;
    expect(asked).toMatchObject({ status: 'paused', question: { text: 'Commas or semicolons?' } });
    expect(readFileSync(path.join(rig.workspace, asked.files.request ?? ''), 'utf8')).toBe(
      'Export the report as CSV.\n',
    );

    reader.set({ ANSWER: 'Commas', RUN: asked.run_id });
    expect(reader.run('--answer "$ANSWER"').code, log()).toBe(2);
    expect(rig.turns().some(({ prompt }) => prompt.includes('Commas'))).toBe(true);
    expect(reader.run('--run-id "$RUN" <').code, log()).toBe(0);
    const done = reader.json('--run-id "$RUN" --json') as unknown as StatusDocument;
    expect(done).toMatchObject({ status: 'success', exit_code: 0 });
    expect(done.files.artifacts.join()).toMatch(/plan\.md.*gap_report\.md|gap_report\.md.*plan\.md/);
    expect(reader.run('git log').stdout).toContain('autoloop: pair complete (plan)');
    for (const command of ['logs -f', 'autoloop logs']) {
      expect(reader.run(command).stdout).toMatch(/run finished: success \(exit code 0\)\n$/);
    }
    reader.set({ TASK: 'other', REQUEST: 'Name the columns.' });
    expect(reader.run('--intent "$REQUEST"').code, log()).toBe(0);

    mkdirSync(inRoot('home'), { recursive: true });
    for (const agent of ['claude', 'codex', 'agents']) {
      expect(reader.run(`--install ${agent}`).code).toBe(0);
      expect(existsSync(inRoot(`home/.${agent}/skills/autoloop/SKILL.md`))).toBe(true);
    }
    expect(reader.run('completion bash').stdout).toContain('complete -F');
    expect(reader.run('autoloop status').stdout).toContain('Status: success');
    expect([...reader.unread]).toEqual([]);
  });
});
