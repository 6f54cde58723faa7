import { describe, expect, it } from 'vitest';
import type { CodexCalling } from '../../../src/providers/codex/arguments.ts';
import { codexArguments } from '../../../src/providers/codex/arguments.ts';
import { THREAD } from './fakes.ts';

const modern: CodexCalling = {
  capabilities: [
    ...['--json', '--config', '--sandbox', '--model'].map((flag) => `exec ${flag}`),
    ...['--json', '--config', '--model'].map((flag) => `resume ${flag}`),
  ],
  model: 'gpt-5.4',
  effort: null,
  sandbox: 'workspace-write',
  networkAccess: false,
  mark: null,
};

const start = (changes: Partial<CodexCalling> = {}): string =>
  codexArguments({ ...modern, ...changes }, null).join(' ');
const resume = (changes: Partial<CodexCalling> = {}): string =>
  codexArguments({ ...modern, ...changes }, THREAD).join(' ');

describe('the arguments of codex', () => {
  it('start a session in the sandbox, with the prompt on standard input', () => {
    expect(start()).toBe('exec --json --skip-git-repo-check -s workspace-write --model gpt-5.4 -');
  });

  it('repeat everything on resume, the sandbox as a configuration value', () => {
    expect(resume({ effort: 'high' })).toBe(
      `exec resume --json --skip-git-repo-check -c sandbox_mode="workspace-write" --model gpt-5.4 -c model_reasoning_effort=high ${THREAD} -`,
    );
  });

  it('allow the network on request, in both', () => {
    const allowed = '-c sandbox_workspace_write.network_access=true';
    expect(start({ networkAccess: true })).toContain(`-s workspace-write ${allowed}`);
    expect(resume({ networkAccess: true })).toContain(`-c sandbox_mode="workspace-write" ${allowed}`);
  });

  it.each(['bypass', 'inherit'] as const)(
    'say nothing of the network where there is no sandbox of ours: %s',
    (sandbox) => {
      expect(start({ sandbox, networkAccess: true })).not.toContain('network');
    },
  );

  it('bypass approvals and sandbox on request, in both', () => {
    for (const line of [start({ sandbox: 'bypass' }), resume({ sandbox: 'bypass' })]) {
      expect(line).toContain('--skip-git-repo-check --dangerously-bypass-approvals-and-sandbox --model');
    }
  });

  it('leave the sandbox to the configuration of codex on request', () => {
    expect(start({ sandbox: 'inherit' })).toBe('exec --json --skip-git-repo-check --model gpt-5.4 -');
    expect(resume({ sandbox: 'inherit' })).toBe(`exec resume --json --skip-git-repo-check --model gpt-5.4 ${THREAD} -`);
  });

  it('bound the retries of a refused connection where this version can', () => {
    const bounded = { capabilities: [...modern.capabilities, 'features.unbounded_connection_retries'] };
    expect(start(bounded)).toContain('-c features.unbounded_connection_retries=false');
    expect(resume(bounded)).toContain('-c features.unbounded_connection_retries=false');
    expect(start()).not.toContain('features.');
  });

  it('hand the mark of the run on to what codex starts', () => {
    expect(start({ mark: 'AUTOLOOP_RUN_x' })).toContain('-c shell_environment_policy.set.AUTOLOOP_RUN_x="1"');
    expect(resume({ mark: 'AUTOLOOP_RUN_x' })).toContain('-c shell_environment_policy.set.AUTOLOOP_RUN_x="1"');
  });

  it('use the options of old releases only where the help lists them and not the new ones', () => {
    const old = ['--json', '--model', '--full-auto', '--model-effort'];
    const capabilities = old.flatMap((flag) => [`exec ${flag}`, `resume ${flag}`]);
    expect(start({ capabilities, effort: 'low', mark: 'M' })).toBe(
      'exec --json --skip-git-repo-check --full-auto --model gpt-5.4 --model-effort low -',
    );
    expect(resume({ capabilities, effort: 'low' })).toBe(
      `exec resume --json --skip-git-repo-check --full-auto --model gpt-5.4 --model-effort low ${THREAD} -`,
    );
    const both = { capabilities: [...capabilities, ...modern.capabilities], effort: 'low' };
    expect(start(both) + resume(both)).not.toMatch(/--full-auto|--model-effort/);
  });
});
