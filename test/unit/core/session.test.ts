import { expect, it } from 'vitest';
import { isSessionId } from '../../../src/core/session.ts';

it.each(['0199a213-81c0-7800-8aa1-bbab2a035a53', 'x', 'thread:7/ü', 'a-b -c'])('%j may be an id', (text) => {
  expect(isSessionId(text)).toBe(true);
});

it.each(['', '-', '--yolo', '-cnotify=["sh"]', ' --last', 'a\nb', 'a\0', '\u202ex', 'a'.repeat(2000)])(
  '%j is none: a program would take it for an option, or for several words',
  (text) => {
    expect(isSessionId(text)).toBe(false);
  },
);
