import { describe, expect, it } from 'vitest';
import { riskyLines } from '../../../src/config/render.ts';
import { resolve } from '../../../src/config/resolve.ts';
import { layerOfKeys } from '../../../src/config/layer-values.ts';

const linesOf = (values: Parameters<typeof layerOfKeys>[1]) =>
  riskyLines(resolve([layerOfKeys('/w/autoloop.yaml', values)], {}));

describe('what starts a program or lifts a limit', () => {
  it('is said with its origin where it is not the default', () => {
    expect(linesOf({})).toEqual([]);
    expect(linesOf({ 'provider.codex.sandbox': 'workspace-write', 'runtime.max_iterations': 3 })).toEqual([]);
    expect(linesOf({ 'provider.codex.sandbox': 'bypass', 'provider.codex.network_access': true })).toEqual([
      'provider.codex.sandbox: bypass (from /w/autoloop.yaml)',
      'provider.codex.network_access: true (from /w/autoloop.yaml)',
    ]);
    expect(linesOf({ 'provider.name': 'command', 'provider.command.start': ['sh', '-c', 'x'] })).toEqual([
      'provider.command.start: ["sh","-c","x"] (from /w/autoloop.yaml)',
    ]);
  });

  it('names of a check what it runs, and nothing that a person would have to look for it in', () => {
    const checks = [
      { name: 'test', run: 'npm test' },
      { name: 'lint', run: ['sh', 'a b\u001b[2J'], parser: 'tap' as const },
    ];
    expect(linesOf({ checks })).toEqual(["checks: test (npm test), lint (sh 'a b\\u{1b}[2J') (from /w/autoloop.yaml)"]);
    expect(linesOf({ checks: [] })).toEqual(['checks: none (from /w/autoloop.yaml)']);
  });
});
