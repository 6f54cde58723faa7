import { appendFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { claudeAgent } from '../../../src/providers/claude/agent.ts';
import { Transcript } from '../../../src/providers/claude/transcript.ts';
import type { ProcessRequest } from '../../../src/supervision/open-process.ts';
import type { Activity } from '../../../src/run/agent-port.ts';
import { claudeResult, FakeRunner, THREAD, turnCall, worldWith } from './fakes.ts';

const uses = (name: string, input: object) =>
  `${JSON.stringify({ type: 'assistant', message: { id: 'm', content: [{ type: 'tool_use', name, input }], usage: { input_tokens: 9 } } })}\n`;

function configuration() {
  const home = mkdtempSync(path.join(tmpdir(), 'transcript-'));
  onTestFinished(() => {
    rmSync(home, { recursive: true, force: true });
  });
  const folder = path.join(home, 'projects', '-some-where');
  mkdirSync(folder, { recursive: true });
  return { home, folder, file: path.join(folder, `${THREAD}.jsonl`) };
}

function watched(home: string) {
  const shown: Activity[] = [];
  const transcript = new Transcript({ CLAUDE_CONFIG_DIR: home }, THREAD, (activity) => void shown.push(activity));
  return { transcript, shown };
}

describe('the transcript of a session of claude', () => {
  it('is found wherever claude puts it, grows as a pulse, and shows what the last entry does, without figures', () => {
    const { home, file } = configuration();
    const { transcript, shown } = watched(home);
    expect(transcript.pulse()).toBeNull();
    writeFileSync(file, uses('Bash', { command: 'npm test' }));
    const first = transcript.pulse();
    appendFileSync(file, `${uses('Read', { file_path: 'a' })}${uses('Write', { file_path: 'src/b.ts' })}`);
    expect(transcript.pulse()).toBeGreaterThan(first ?? 0);
    expect(transcript.pulse()).toBe(transcript.pulse());
    expect(shown.filter(({ kind }) => kind !== 'usage')).toEqual([
      { kind: 'command', text: 'npm test' },
      { kind: 'file', text: 'src/b.ts' },
    ]);
    expect(shown).toHaveLength(2);
  });

  it('shows nothing of an entry that is not whole or not known, and still is a pulse', () => {
    const { home, file } = configuration();
    const { transcript, shown } = watched(home);
    const sizes = ['{"type":"assis', 'tant"}\n', 'no json\n', `"${'x'.repeat(400_000)}"\n`, 'null\n'].map((text) => {
      appendFileSync(file, text);
      return transcript.pulse();
    });
    expect(new Set(sizes).size).toBe(sizes.length);
    expect(shown).toEqual([]);
  });

  it('shows nothing of what was there before the turn', () => {
    const { home, file } = configuration();
    writeFileSync(file, uses('Bash', { command: 'npm test' }));
    const { transcript, shown } = watched(home);
    expect(transcript.pulse()).toBeGreaterThan(0);
    appendFileSync(file, uses('Bash', { command: 'npm run lint' }));
    transcript.pulse();
    expect(shown).toEqual([{ kind: 'command', text: 'npm run lint' }]);
  });

  it('is not read through a link', () => {
    const { home, folder, file } = configuration();
    writeFileSync(path.join(folder, 'elsewhere'), uses('Bash', { command: 'secret' }));
    symlinkSync('elsewhere', file);
    const { transcript, shown } = watched(home);
    expect(transcript.pulse()).toBeNull();
    expect(shown).toEqual([]);
  });
});

describe('a turn of claude', () => {
  const calling = {
    capabilities: [],
    model: null,
    effort: null,
    permissionStrategy: 'inherit',
    stream: false,
  } as const;

  /** Takes a turn during which the session's transcript comes to be: what was shown, and the request. */
  async function turnWith(stream: boolean) {
    const { home, folder } = configuration();
    const runner = new FakeRunner({ lines: [claudeResult()] });
    const turn = turnCall();
    const pulses: unknown[] = [];
    const play = runner.run.bind(runner);
    runner.run = async (request: ProcessRequest) => {
      pulses.push(request.pulse?.());
      const id = request.args[request.args.indexOf('--session-id') + 1] ?? '';
      writeFileSync(path.join(folder, `${id}.jsonl`), uses('Bash', { command: 'npm test' }));
      pulses.push(request.pulse?.());
      return play(request);
    };
    const world = worldWith(runner, { env: { PATH: '/bin', CLAUDE_CONFIG_DIR: home } });
    await claudeAgent(world, 'claude', { ...calling, stream }).run(turn);
    return { pulses, activities: turn.activities.filter(({ kind }) => kind === 'command') };
  }

  it('without a stream lives by its transcript', async () => {
    const { pulses, activities } = await turnWith(false);
    expect(pulses).toEqual([null, expect.any(Number)]);
    expect(activities).toEqual([{ kind: 'command', text: 'npm test' }]);
  });

  it('with a stream does not look at it', async () => {
    expect(await turnWith(true)).toEqual({ pulses: [undefined, undefined], activities: [] });
  });
});
