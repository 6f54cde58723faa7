import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { completionAt } from '../../../src/cli/completion-request.ts';
import { buildProgram } from '../../../src/cli/program.ts';

const program = buildProgram([], { code: 0 });
const valuesAt = (...words: string[]) => {
  const found = completionAt(program, words);
  return found.kind === 'words' ? found.candidates.map(({ value }) => value) : found;
};
const isShown = (option: Command['options'][number]) => !option.hidden;

describe('what completes a command line', () => {
  it('is every visible option of the program, and of each of its commands, with what it means', () => {
    const commands = program.commands.filter((command) => !command.name().startsWith('__'));
    for (const { command, words } of [
      { command: program, words: ['-'] },
      ...commands.map((one) => ({ command: one, words: [one.name(), '-'] })),
    ]) {
      const long = command.options.filter(isShown).map((option) => option.long);
      expect(valuesAt(...words)).toEqual(expect.arrayContaining(long));
      const found = completionAt(program, words);
      expect(found.kind === 'words' && found.candidates.every(({ description }) => description !== '')).toBe(true);
    }
  });

  it('is every command, and nothing that is hidden', () => {
    const offered = valuesAt('');
    expect(offered).toEqual(expect.arrayContaining(['demo', 'status', 'logs', 'doctor', 'completion']));
    expect(offered).not.toContain('__complete');
    expect(offered).not.toContain('--verbose');
  });

  it('is the choices of an option or an argument', () => {
    expect(valuesAt('--intent-mode', '')).toEqual(['replace', 'append', 'preserve']);
    expect(valuesAt('--intent-mode=re')).toEqual(['--intent-mode=replace']);
    expect(valuesAt('completion', 'z')).toEqual(['zsh']);
  });

  it('is a pair that the list does not have yet', () => {
    expect(valuesAt('--pairs', 'im')).toEqual(['implement']);
    expect(valuesAt('--pairs', 'plan,implement,')).toEqual(['plan,implement,test', 'plan,implement,audit']);
    expect(valuesAt('--pairs=plan,t')).toEqual(['--pairs=plan,test']);
  });

  it('is ids, in the workspace and of the task that were named before', () => {
    expect(valuesAt('status', '--task-id', '')).toEqual({ kind: 'tasks', workspace: '.', prefix: '' });
    expect(valuesAt('--workspace=~/p', '--task-id', 'a', '--resume', '--run-id=r')).toEqual({
      kind: 'runs',
      workspace: '~/p',
      taskId: 'a',
      prefix: '--run-id=',
    });
  });

  it('is a file or a folder where the option takes one', () => {
    expect(valuesAt('--intent-file', '')).toEqual({ kind: 'files' });
    expect(valuesAt('doctor', '--workspace', '')).toEqual({ kind: 'folders' });
  });

  it('is nothing for a value that only the operator knows, and behind --', () => {
    expect(valuesAt('--intent', 'st')).toEqual([]);
    expect(valuesAt('--resume', '--', '')).toEqual([]);
    expect(valuesAt('--unknown=x')).toEqual([]);
  });

  it('does not take the value of an option for a command', () => {
    expect(valuesAt('--task-id', 'status', '--list-t')).toEqual(['--list-tasks']);
  });
});
