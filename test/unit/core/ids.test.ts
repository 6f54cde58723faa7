import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  compareRuns,
  formatRunId,
  isRunId,
  phaseKey,
  runIdTime,
  slugify,
  taskIdFromIntent,
  taskIdFromOption,
} from '../../../src/core/ids.ts';
import { Problem } from '../../../src/core/problem.ts';

const sha1 = (text: string) => createHash('sha1').update(text, 'utf8').digest('hex');
const nothing = () => false;

describe('task ids', () => {
  it.each([
    ['Fix the Bug!', 'fix-the-bug'],
    ['  --a__b--  ', 'a-b'],
    ['already-fine-1', 'already-fine-1'],
    ['', 'task'],
    ['!?', 'task'],
    ['日本語', 'task'],
  ])('slugify %j as %s', (text, slug) => {
    expect(slugify(text)).toBe(slug);
  });

  it('of an intent are its slug of 48 characters and the hash of the intent as given', () => {
    expect(taskIdFromIntent('Build the thing', sha1)).toBe(`build-the-thing-${sha1('Build the thing').slice(0, 8)}`);
    expect(taskIdFromIntent(' Build the thing\n', sha1)).toBe(
      `build-the-thing-${sha1(' Build the thing\n').slice(0, 8)}`,
    );
    const long = `${'a'.repeat(47)} bcd`;
    expect(taskIdFromIntent(long, sha1)).toBe(`${'a'.repeat(47)}-${sha1(long).slice(0, 8)}`);
    expect(taskIdFromIntent('日本語', sha1)).toBe(`task-${sha1('日本語').slice(0, 8)}`);
  });

  it('given as an option are slugs', () => {
    expect(taskIdFromOption('My Task', sha1, nothing)).toBe('my-task');
    expect(taskIdFromOption('', sha1, nothing)).toBe('task');
    expect(taskIdFromOption('a'.repeat(200), sha1, nothing)).toBe('a'.repeat(200));
  });

  it('that lose letters carry a hash, unless the plain form has a folder', () => {
    const ids = ['日本語', '한국어', 'v2 日本語', 'café'].map((text) => taskIdFromOption(text, sha1, nothing));
    expect(ids).toEqual([
      `task-${sha1('日本語').slice(0, 8)}`,
      `task-${sha1('한국어').slice(0, 8)}`,
      `v2-${sha1('v2 日本語').slice(0, 8)}`,
      `caf-${sha1('café').slice(0, 8)}`,
    ]);
    expect(taskIdFromOption('v2 日本語', sha1, (id) => id === 'v2')).toBe('v2');
    expect(taskIdFromOption(ids[2]!, sha1, nothing)).toBe(ids[2]);
  });

  it('hold no secret of the text that they are made of', () => {
    const secret = ['AK', 'IAIOSFODNN7EXAMPLE'].join('');
    expect(taskIdFromIntent(`Use ${secret}`, sha1)).toBe(`use-redacted-aws-key-${sha1(`Use ${secret}`).slice(0, 8)}`);
    const url = 'from https://me:hunter2@host';
    expect(taskIdFromOption(url, sha1, nothing)).toBe(`from-https-redacted-credentials-host-${sha1(url).slice(0, 8)}`);
    expect(taskIdFromOption(secret, sha1, () => true)).toBe(secret.toLowerCase());
  });

  it('of more than 200 characters are refused', () => {
    expect(() => taskIdFromOption('a'.repeat(300), sha1, nothing)).toThrow(
      new Problem('usage', '--task-id has 300 characters; at most 200 are accepted'),
    );
    expect(() => taskIdFromOption('日'.repeat(201), sha1, nothing)).toThrow(Problem);
  });
});

describe('run ids', () => {
  const date = new Date('2026-05-09T12:59:12.999Z');

  it('have one form', () => {
    expect(formatRunId(date, '8deb38fd')).toBe('run-20260509T125912Z-8deb38fd');
    expect(isRunId('run-20260509T125912Z-8deb38fd')).toBe(true);
    for (const text of [
      '',
      'run-20260509T125912Z-8DEB38FD',
      'run-20260509T125912Z-8deb38f',
      'run-20260509T125912-8deb38fd',
      'run-20260509T125912Z-8deb38fd\n',
      '../run-20260509T125912Z-8deb38fd',
      'run-20260509T125912Z-8deb38fd/..',
      '..',
    ]) {
      expect(isRunId(text), JSON.stringify(text)).toBe(false);
    }
  });

  it('tell their time', () => {
    expect(runIdTime('run-20260509T125912Z-8deb38fd')).toBe(Date.parse('2026-05-09T12:59:12Z'));
    expect(runIdTime('run-20269909T125912Z-8deb38fd')).toBeNull();
    expect(runIdTime('my-run')).toBeNull();
  });

  it('order runs by their time, then by the first event, then by name', () => {
    const runs = [
      { runId: 'run-20260301T000000Z-00000000', firstEventTs: '2026-03-01T00:00:00.502Z' },
      { runId: 'run-20260301T000000Z-eeeeeeee', firstEventTs: '2026-03-01T00:00:00.501Z' },
      { runId: 'run-20260509T125912Z-00000003', firstEventTs: null },
      { runId: 'run-20260509T125912Z-00000002', firstEventTs: null },
      { runId: 'old-run', firstEventTs: '2027-01-01T00:00:00' },
      { runId: 'nothing-known', firstEventTs: 'yesterday' },
      { runId: 'run-20260509T125912Z-00000001', firstEventTs: '2028-01-01T00:00:00Z' },
      { runId: 'empty', firstEventTs: null },
      { runId: 'run-20260301T000000Z-ffffffff', firstEventTs: null },
    ];
    expect(runs.toSorted(compareRuns).map((run) => run.runId)).toEqual([
      'empty',
      'nothing-known',
      'run-20260301T000000Z-ffffffff',
      'run-20260301T000000Z-eeeeeeee',
      'run-20260301T000000Z-00000000',
      'run-20260509T125912Z-00000002',
      'run-20260509T125912Z-00000003',
      'run-20260509T125912Z-00000001',
      'old-run',
    ]);
  });
});

describe('phase keys', () => {
  it.each([
    ['phase-1', 'phase-1'],
    ['0.a_b-c', '0.a_b-c'],
    ['console', 'console'],
    ['com10', 'com10'],
    ['Phase', '_pid-5068617365'],
    ['é', '_pid-c3a9'],
    ['a/b', '_pid-612f62'],
    ['..', '_pid-2e2e'],
    ['.hidden', '_pid-2e68696464656e'],
    ['_pid-61', '_pid-5f7069642d3631'],
    ['nul', '_pid-6e756c'],
    ['com1', '_pid-636f6d31'],
    ['aux.txt', '_pid-6175782e747874'],
    ['foo.', '_pid-666f6f2e'],
  ])('of %j is %s', (id, key) => {
    expect(phaseKey(id)).toBe(key);
  });

  it('keep the plain folder that an older release made', () => {
    const made = (key: string) => key === 'nul' || key === 'A';
    expect(phaseKey('nul', made)).toBe('nul');
    expect(phaseKey('aux', made)).toBe('_pid-617578');
    expect(phaseKey('A', made)).toBe('_pid-41');
  });
});
