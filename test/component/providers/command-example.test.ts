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
