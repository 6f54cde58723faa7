import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadLayers } from '../../../src/config/load.ts';
import { resolve } from '../../../src/config/resolve.ts';
import { PROJECT } from '../../support/compiled.ts';
import { answered, failed } from '../../unit/providers/fakes.ts';
import { stage } from './stage.ts';

const PAGE = readFileSync(path.join(PROJECT, 'docs/providers.md'), 'utf8');

/** The fenced blocks of a language that the section on other agents holds. */
function example(language: string): string {
  const section = PAGE.slice(PAGE.indexOf('## Any other agent'));
  const block = new RegExp(`\`\`\`${language}\n(.*?)\n\`\`\``, 's').exec(section)?.[1];
  if (block === undefined) throw new Error(`docs/providers.md has no example in ${language}`);
  return block;
}

describe('the example of docs/providers.md', () => {
  async function prepared() {
    const bed = stage();
    bed.install('my-agent', `${example('sh')}\n`);
    writeFileSync(path.join(bed.workspace, 'autoloop.yaml'), `${example('yaml')}\n`);
    const layers = await loadLayers({ workspace: bed.workspace, home: path.join(bed.root, 'home'), env: {} });
    const { settings } = resolve(layers, {});
    const { command, roles } = settings.provider;
    return { bed, agent: await bed.agent({ roles: roles.producer, command }) };
  }

  it('is a configuration that Autoloop takes, and an agent that answers and remembers', async () => {
    const { bed, agent } = await prepared();
    await using _ = bed;
    const first = answered(await bed.run(agent, { prompt: 'one\ntwo\n' }));
    expect(first).toMatchObject({ text: 'I was told 2 lines so far.', warnings: [] });
    const second = answered(await bed.run(agent, { prompt: 'three\n', resume: first.sessionId }));
    expect(second).toMatchObject({ text: 'I was told 3 lines so far.', sessionId: first.sessionId, warnings: [] });
    expect(existsSync(path.join(bed.root, 'home/.my-agent', first.sessionId ?? ''))).toBe(true);
  });

  it('fails with its own words', async () => {
    const { bed, agent } = await prepared();
    await using _ = bed;
    expect(failed(await bed.run(agent, { resume: 'lost' }))).toMatchObject({
      class: 'other',
      exitCode: 1,
      message: 'the command exited with code 1: there is no conversation lost',
    });
  });
});

describe('the programs that docs/providers.md knows', () => {
  const block = JSON.stringify;
  const control = 'Checked.\n\n<loop-control>\n{}\n</loop-control>';
  const opencode = [
    { type: 'step_start', sessionID: 'ses_1', part: { type: 'step-start' } },
    { type: 'tool_use', sessionID: 'ses_1', part: { type: 'tool', tool: 'bash', state: { status: 'completed' } } },
    {
      type: 'step_finish',
      sessionID: 'ses_1',
      part: { reason: 'tool-calls', tokens: { input: 10, output: 2, reasoning: 1 }, cost: 0.1 },
    },
    { type: 'text', sessionID: 'ses_1', part: { type: 'text', text: control } },
    {
      type: 'step_finish',
      sessionID: 'ses_1',
      part: { reason: 'stop', tokens: { input: 20, output: 3, reasoning: 1 }, cost: 0.2 },
    },
  ];
  const gemini = [{ session_id: 'ses_1', response: control, stats: { models: {} } }];
  const qwen = [
    { type: 'system', subtype: 'init', session_id: 'ses_1' },
    { type: 'result', subtype: 'success', session_id: 'ses_1', result: control },
  ];

  it.each([
    ['opencode', opencode, ['--session', 'ses_1'], 30],
    ['gemini', gemini, ['--resume', 'ses_1'], null],
    ['qwen', qwen, ['--resume', 'ses_1'], null],
  ])('are called and read as they print: %s', async (name, lines, resumed, input) => {
    const text = new RegExp(`\`\`\`yaml\\n(# ${name}\\n.*?)\\n\`\`\``, 's').exec(PAGE)?.[1] ?? '';
    await using bed = stage();
    const said = lines.map((line) => `echo '${block(line).replaceAll('\\n', '\\\\n')}'`).join('\n');
    bed.install(name, `#!/bin/bash\ncat >/dev/null\necho "$@" >> "$HOME/argv"\n${said.replaceAll('\\\\n', '\\n')}\n`);
    writeFileSync(path.join(bed.workspace, 'autoloop.yaml'), text);
    const layers = await loadLayers({ workspace: bed.workspace, home: path.join(bed.root, 'home'), env: {} });
    const { command, roles } = resolve(layers, {}).settings.provider;
    const agent = await bed.agent({ roles: roles.producer, command });
    const first = answered(await bed.run(agent));
    expect(first).toMatchObject({ text: control, sessionId: 'ses_1', warnings: [] });
    expect(first.usage.inputTokens).toBe(input);
    expect(agent.called).toBe(name);
    answered(await bed.run(agent, { resume: 'ses_1' }));
    expect(readFileSync(path.join(bed.root, 'home/argv'), 'utf8').trim().split('\n')[1]).toContain(resumed.join(' '));
  });
});
