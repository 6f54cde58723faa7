import { describe, expect, it } from 'vitest';
import { withoutQuotations } from '../../../src/core/fences.ts';

/** The capital letters that are left: each stands for some text of interest. */
function left(text: string): string {
  const unquoted = withoutQuotations(text);
  expect(unquoted.length).toBe(text.length);
  return unquoted.replace(/[^A-Z]/g, '');
}

describe('a code fence', () => {
  it.each([
    ['hides what is between its lines', 'A\n```\nB\n```\nC', 'AC'],
    ['hides its own lines', '``` X\nb\n```\nC', 'C'],
    ['may be empty', '```\n```\nA', 'A'],
    ['hides nothing unless it is closed', '```\nA\n~~~\nB\n``\nC', 'ABC'],
    ['is closed by a fence at least as long', '````\nA\n```\nB\n`````\nC', 'C'],
    ['is not closed by a line that goes on', '```\nA\n``` js\nB\n```\nC', 'C'],
    ['is not closed by an indented one', '```\nA\n    ```\nB\n```\nC', 'C'],
    ['is not closed by one behind a quote marker', '```\nA\n> ```\nB\n```\nC', 'C'],
    ['of backticks has none in its info string', '```x``` y\nA\n```\nB', 'AB'],
    ['of tildes may have backticks in its info string', '~~~ `x`\nA\n~~~\nB', 'B'],
    ['is indented by three columns at most', '   ```\nA\n   ```\nB\n    ```\nC\n    ```\nD', 'BCD'],
    ['is not indented by a tab', '\t```\nA\n\t```\nB', 'AB'],
  ])('%s', (_name, text, kept) => {
    expect(left(text)).toBe(kept);
    expect(left(text.replaceAll('\n', '\r\n'))).toBe(kept);
  });

  it.each([
    ['may begin on the line of a bullet', '- ```\n  A\n  ```\nB', 'B'],
    ['may begin behind several bullets', '- 1) ```\n     A\n     ```\nB', 'B'],
    ['is indented as far as the text of its item', '10. x\n\n    ```\n    A\n    ```\nB', 'B'],
    ['is indented as far as a text set off by blanks', '-   x\n\n       ```\n       A\n       ```\nB', 'B'],
    ['may be in an outer item behind an inner one', '10. x\n    - y\n\n    ```\n    A\n    ```\nB', 'B'],
    ['is not in an item that has ended', '10. x\n\ny\n\n    ```\n    A\n    ```\nB', 'AB'],
    ['is not in what only looks like an item', '      - ```\nA\n```\nB', 'AB'],
  ])('in a list %s', (_name, text, kept) => {
    expect(left(text)).toBe(kept);
  });

  it.each([
    ['is closed within it', '> ```\n> A\n> ```\n> B', 'B'],
    ['ends with it', '> ```\n> A\nB', 'B'],
    ['ends with the inner one of two', '> > ```\n> > A\n> B', 'B'],
    ['has content that may begin like a quote', '> ```\n> > A\n> ```\nB', 'B'],
    ['may stand in a list in it', '> - x\n>   ```\n>   A\n>   ```\n> B', 'B'],
    ['is not in a list before it', '10. x\n>     ```\n>     A\n>     ```\nB', 'AB'],
    ['may begin where another has ended', '> ```\n> A\n```\nB\n```\nC', 'C'],
  ])('in a block quote %s', (_name, text, kept) => {
    expect(left(text)).toBe(kept);
  });
});
