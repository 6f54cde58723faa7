import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { fault } from './fault.ts';
import { ending, lines } from './story.ts';

const ARGS = ['--task-id', 't', '--pairs', 'implement'];
const SENTENCE = 'Build the thing that I ask for, every part of it. ';

for (const name of ['codex', 'claude']) {
  fault(
    `I7: ${name} gets its prompt on standard input, which then ends, also while ours stays open`,
    { config: `provider:\n  name: ${name}\n` },
    async (rig) => {
      const done = await rig.start([...ARGS, '--intent', SENTENCE], { stdin: null }).done;
      expect(done.code).toBe(0);
      expect(done.stderr).not.toContain('no stdin data');
      expect(rig.turns()[0]?.prompt.includes(SENTENCE.trim())).toBe(true);
      expect(
        rig
          .turns()
          .flatMap(({ argv }) => argv)
          .join(' '),
      ).not.toContain('Build the thing');
      return { maxTurns: 2 };
    },
  );

  fault(
    `I7: a request that starts with a slash reaches ${name} as a request`,
    { config: `provider:\n  name: ${name}\n` },
    async (rig) => {
      expect((await rig.run([...ARGS, '--intent', '/compact everything'])).code).toBe(0);
      expect(rig.turns().map(({ kind }) => kind)).toEqual(['start', 'resume']);
      return { maxTurns: 2 };
    },
  );
}

for (const kib of [129, 2048]) {
  fault(`I7: a request of ${kib} KiB reaches claude whole`, { config: 'provider:\n  name: claude\n' }, async (rig) => {
    const request = SENTENCE.repeat(Math.ceil((kib * 1024) / SENTENCE.length)) + 'The end.';
    const file = path.join(rig.sandbox.root, 'request.md');
    writeFileSync(file, request);
    expect((await rig.run([...ARGS, '--intent-file', file])).code).toBe(0);
    expect(rig.turns()[0]?.prompt.includes(request)).toBe(true);
    return { maxTurns: 2 };
  });
}

fault(
  'I7, I8: a prompt that codex cannot take is refused before the turn, with the limit',
  { config: 'provider:\n  name: codex\n' },
  async (rig) => {
    const file = path.join(rig.sandbox.root, 'request.md');
    writeFileSync(file, SENTENCE.repeat(Math.ceil((2048 * 1024) / SENTENCE.length)));
    const ended = await rig.run([...ARGS, '--intent-file', file]);
    expect(ended.code).toBe(1);
    expect(ending(rig).reason).toMatch(/has \d+ characters, and codex takes 1048576 at most/);
    expect(lines(ended.stderr).find((line) => line.startsWith('error:'))).toContain('1048576');
    return { maxTurns: 0 };
  },
);
