import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Problem } from '../../../src/core/problem.ts';
import type { Settings } from '../../../src/core/settings.ts';
import { createAgent } from '../../../src/providers/create.ts';
import { preflight } from '../../../src/providers/preflight.ts';
import { askIn } from '../../../src/providers/program.ts';
import type { Agent, TurnReport } from '../../../src/run/agent-port.ts';
import { startSupervisor } from '../../../src/supervision/supervisor.ts';
import { supervisedBinary } from '../../support/compiled.ts';
import type { AgentScript } from '../../support/fake-agent/script.ts';
import { readTurns } from '../../support/readers.ts';
import { fillSandbox, type RigOptions } from '../../support/sandbox.ts';
import { turnCall } from '../../unit/providers/fakes.ts';
import { settingsWith } from '../../unit/providers/settings.ts';

/** A workspace with fake agents on PATH and real supervision: preflight and turns as in a run, without the loop. */
export function stage(
  script: AgentScript = {},
  env: Readonly<Record<string, string>> = {},
  programs: RigOptions['programs'] = ['codex', 'claude'],
) {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'providers-')));
  const sandbox = fillSandbox(root, { script, git: false, env, programs });
  const supervisor = startSupervisor({
    directory: path.join(root, 'state'),
    selfArgv: [supervisedBinary()],
    controlGroup: false,
  });
  const place = { cwd: sandbox.workspace, env: sandbox.env, allowInside: false };
  const reports = (settings: Settings) =>
    preflight(settings, {
      ...place,
      uid: process.getuid?.() ?? null,
      cacheDir: path.join(root, 'cache'),
      ask: askIn(place),
      supervised: (work) => work(supervisor),
      thorough: false,
    });
  return {
    ...sandbox,
    reports,
    calls: () => readTurns(sandbox.agents),
    log: path.join(root, 'turn.log'),
    /** The agent that plays the producer, after a preflight without problems. */
    async agent(
      choices: Parameters<typeof settingsWith>[0],
      minutes: Partial<Settings['provider']> = {},
    ): Promise<Agent> {
      const settings = settingsWith(choices);
      const timed = { ...settings, provider: { ...settings.provider, ...minutes } };
      const found = await reports(timed);
      const problem = found.flatMap(({ problems }) => problems)[0];
      if (problem !== undefined) throw new Problem('provider', problem.text, problem.hint);
      const world = {
        runner: supervisor,
        cwd: sandbox.workspace,
        env: sandbox.env,
        runId: 'run-1',
        now: () => new Date(),
        told: new Set<string>(),
      };
      return createAgent(timed.provider.roles.producer, timed, { ...world, reports: found, selfArgv: [] });
    },
    run: (agent: Agent, changes: Parameters<typeof turnCall>[0] = {}): Promise<TurnReport> =>
      agent.run(turnCall({ logFile: path.join(root, 'turn.log'), ...changes })),
    /** An executable file on PATH. */
    install(name: string, text: string): void {
      mkdirSync(path.join(root, 'bin'), { recursive: true });
      writeFileSync(path.join(root, 'bin', name), text);
      chmodSync(path.join(root, 'bin', name), 0o755);
    },
    async [Symbol.asyncDispose](): Promise<void> {
      await supervisor.close();
      rmSync(root, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

export const codex = { name: 'codex', model: null, effort: null } as const;
export const claude = { name: 'claude', model: null, effort: null } as const;
