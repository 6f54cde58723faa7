import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { lookAtPermissions } from '../../../src/providers/claude/permissions.ts';

type Strategy = Parameters<typeof lookAtPermissions>[0];

/** Claude's settings: the user's, the project's, the project's for one person. */
interface Written {
  readonly user?: object;
  readonly project?: object;
  readonly local?: object;
}

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'permissions-'));
});

function look(strategy: Strategy, written: Written, { uid = 1000, env = {} } = {}) {
  const places = {
    user: 'home/.claude/settings.json',
    project: 'ws/.claude/settings.json',
    local: 'ws/.claude/settings.local.json',
  };
  for (const [name, place] of Object.entries(places)) {
    const settings = written[name as keyof Written];
    if (settings === undefined) continue;
    const file = path.join(root, place);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(settings));
  }
  const cwd = path.join(root, 'ws');
  return lookAtPermissions(strategy, {
    cwd,
    env: { HOME: path.join(root, 'home'), ...env },
    uid,
    allowInside: false,
    cacheDir: path.join(root, 'cache'),
    ask: () => Promise.reject(new Error('nothing is asked')),
    supervised: () => Promise.reject(new Error('nothing stays')),
    thorough: false,
  });
}

const mode = (defaultMode: string) => ({ permissions: { defaultMode } });
const allow = (...rules: string[]) => ({ permissions: { allow: rules } });
const WRITING = ['Write', 'Edit', 'Bash'];

/** As the real claude 2.1.332 did with each: whether a file was written by Write or by Bash. */
const KNOWN: [Strategy, Written, 'denied' | 'written'][] = [
  ['inherit', { user: mode('plan') }, 'denied'],
  ['inherit', { user: { permissions: { defaultMode: 'plan', allow: WRITING } } }, 'denied'],
  ['allow_core_tools', { user: mode('plan') }, 'denied'],
  ['bypass', { user: mode('plan') }, 'written'],
  ['inherit', { user: mode('dontAsk') }, 'denied'],
  ['inherit', { user: { permissions: { defaultMode: 'dontAsk', allow: WRITING } } }, 'written'],
  ['allow_core_tools', { user: mode('dontAsk') }, 'written'],
  ['inherit', { user: mode('default') }, 'denied'],
  ['inherit', { user: mode('manual') }, 'denied'],
  ['inherit', { user: { permissions: { defaultMode: 'default', allow: WRITING } } }, 'written'],
  ['allow_core_tools', { user: mode('default') }, 'written'],
  ['inherit', { user: mode('acceptEdits') }, 'written'],
  ['inherit', { user: mode('acceptEdits'), project: mode('plan') }, 'denied'],
  ['inherit', { user: mode('plan'), project: mode('acceptEdits') }, 'written'],
  ['inherit', { user: mode('plan'), local: mode('acceptEdits') }, 'written'],
  ['inherit', { user: allow('Write') }, 'written'],
  ['allow_core_tools', { user: { permissions: { deny: WRITING } } }, 'denied'],
  ['bypass', { user: { permissions: { deny: WRITING } } }, 'denied'],
  [
    'allow_core_tools',
    { user: { permissions: { deny: ['Write', 'Edit'] } }, local: { permissions: { deny: ['Bash(*)'] } } },
    'denied',
  ],
  ['allow_core_tools', { user: { permissions: { deny: ['Write', 'Edit', 'Bash(rm *)'] } } }, 'written'],
  ['bypass', { user: { permissions: { disableBypassPermissionsMode: 'disable' } } }, 'denied'],
  ['bypass', { user: { permissions: { disableBypassPermissionsMode: 'disable', allow: ['Write'] } } }, 'written'],
  ['allow_core_tools', { user: { permissions: { disableBypassPermissionsMode: 'disable' } } }, 'written'],
];

describe('what is known of a claude that nobody answers', () => {
  it.each(KNOWN)('with %s and %j: what it would write is %s', (strategy, written, outcome) => {
    const { problems } = look(strategy, written);
    expect(problems.map(({ text }) => text.split(':')[0])).toEqual(
      outcome === 'denied' ? ['claude could change nothing'] : [],
    );
  });

  it('is told with the file and what to do', () => {
    const [problem] = look('inherit', { project: mode('default') }).problems;
    expect(problem?.text).toContain(
      `${path.join(root, 'ws/.claude/settings.json')} says permissions.defaultMode: default`,
    );
    expect(problem?.hint).toContain('allow_core_tools');
  });

  it('is a warning at most where nothing says it, or hooks and plugins have their say', () => {
    for (const settings of [
      {},
      { hooks: { PreToolUse: [] }, ...mode('plan') },
      { enabledPlugins: {}, ...mode('default') },
    ]) {
      const { problems, notices } = look('inherit', { user: settings });
      expect(problems).toEqual([]);
      expect(notices).toEqual([expect.stringContaining('allow_core_tools')]);
    }
  });

  it('is refused to root where the settings bypass permissions, as where the strategy does', () => {
    const bypassing = { user: mode('bypassPermissions') };
    expect(look('inherit', bypassing, { uid: 0 }).problems[0]?.text).toContain('for root (permissions.defaultMode');
    expect(look('inherit', bypassing, { uid: 0, env: { IS_SANDBOX: '1' } }).problems).toEqual([]);
    expect(look('inherit', bypassing).problems).toEqual([]);
    expect(look('bypass', {}, { uid: 0 }).problems[0]?.text).toContain('provider.claude.permission_strategy: bypass');
  });

  it('is nothing where a settings file cannot be read as such', () => {
    const file = path.join(root, 'home/.claude/settings.json');
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, '{ "permissions": { "defaultMode": "plan" ');
    expect(look('inherit', {}).problems).toEqual([]);
  });
});
