import type { CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { buildProgram } from '../../../src/cli/program.ts';
import { VERSION } from '../../../src/work/version.ts';

/** Parses, with an action in the place of the demo's, and says what that got or what was printed. */
async function parse(...args: string[]) {
  const said = { out: '', err: '', demo: null as string | null, exitCode: 0 };
  const streams = {
    writeOut: (text: string) => (said.out += text),
    writeErr: (text: string) => (said.err += text),
  };
  const program = buildProgram(args, { code: 0 }).configureOutput(streams);
  for (const command of program.commands) command.configureOutput(streams);
  program.commands
    .find((command) => command.name() === 'demo')
    ?.action(({ workspace }: { workspace?: string }) => void (said.demo = workspace ?? 'its own choice'));
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    said.exitCode = (error as CommanderError).exitCode;
  }
  return said;
}

describe('options and commands', () => {
  it('gives a command the options that follow it, also those that the bare form has too', async () => {
    expect(await parse('demo', '--workspace', '/d')).toMatchObject({ demo: '/d', err: '' });
    expect(await parse('demo')).toMatchObject({ demo: 'its own choice', err: '' });
  });

  it('gives a command the options before it; the later of two counts', async () => {
    expect(await parse('--workspace', '/d', 'demo')).toMatchObject({ demo: '/d', err: '' });
    expect(await parse('--workspace', '/d', 'demo', '--workspace', '/e')).toMatchObject({ demo: '/e', err: '' });
  });

  it('refuses an option before a command that has no such option', async () => {
    const { demo, err, exitCode } = await parse('--intent', 'x', 'demo');
    expect({ demo, err, failed: exitCode !== 0 }).toEqual({
      demo: null,
      err: "error: 'demo' has no option '--intent'\n",
      failed: true,
    });
  });

  it('names an unknown option and the nearest known one on one line', async () => {
    const { err } = await parse('--resum');
    expect(err).toBe("error: unknown option '--resum' (Did you mean --resume?)\n");
  });
});

describe('help and mistyped commands', () => {
  it('prints the help of a command as the command itself does', async () => {
    const { out, exitCode } = await parse('help', 'logs');
    expect({ out, exitCode }).toEqual({ out: (await parse('logs', '--help')).out, exitCode: 0 });
    expect(out).toContain('--follow');
  });

  it('prints the help of the program', async () => {
    expect((await parse('help')).out).toBe((await parse('--help')).out);
  });

  it.each([
    ['statsu', 'status'],
    ['log', 'logs'],
    ['Doctor', 'doctor'],
    ['demmo', 'demo'],
  ])('names the command that %s most likely means', async (typed, meant) => {
    expect((await parse(typed)).err).toContain(`unknown command '${typed}'`);
    expect((await parse(typed)).err).toContain(`Did you mean ${meant}?`);
    expect((await parse('help', typed)).err).toContain(`Did you mean ${meant}?`);
  });

  it('says of a missing argument what it is, and how the command is used', async () => {
    expect((await parse('note')).err).toMatch(
      /^error: 'note' lacks its text \(.+\): autoloop note \[options\] <text>\n$/,
    );
    expect((await parse('completion')).err).toContain('lacks its shell (bash, zsh, fish): autoloop completion');
  });

  it('knows no command of a command that has none', async () => {
    expect((await parse('help', 'status', 'now')).err).toBe(
      "error: 'status' has no commands of its own, and so no 'now'\n",
    );
  });

  it('takes no request for a slip', async () => {
    const { err, exitCode } = await parse('Add a --json option to it'.slice(0, 5));
    expect(err).not.toContain('Did you mean');
    expect(err).toContain('A request goes with --intent.');
    expect(exitCode).not.toBe(0);
  });
});

describe('the version', () => {
  it('is printed alone, and with --verbose says whether it is a build', async () => {
    expect(await parse('--version')).toMatchObject({ out: `${VERSION}\n`, exitCode: 0 });
    expect(await parse('-V')).toMatchObject({ out: `${VERSION}\n` });
    const verbose = expect.stringMatching(
      /^autoloop \S+ \(sources, not built\)\ntested with codex [\d.]+.*, claude [\d.]+.*\n$/,
    ) as string;
    expect(await parse('--version', '--verbose')).toMatchObject({ out: verbose });
    expect(await parse('--verbose', '--version')).toMatchObject({ out: verbose });
  });
});
