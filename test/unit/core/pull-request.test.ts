import { describe, expect, it } from 'vitest';
import { openingPage, remotePlace } from '../../../src/core/pull-request.ts';

describe('the place of a remote', () => {
  it.each([
    ['git@github.com:acme/tool.git', 'github.com', 'acme/tool'],
    ['https://user:secret@github.com/acme/tool', 'github.com', 'acme/tool'],
    ['ssh://git@git.example:2222/group/sub/tool.git/', 'git.example', 'group/sub/tool'],
    ['git.example:acme/tool', 'git.example', 'acme/tool'],
  ])('of %s is told', (address, host, name) => {
    expect(remotePlace(address)).toEqual({ host, name });
  });

  it.each(['/srv/tool.git', '../tool', 'file:///srv/a/b.git', 'C:tool', 'https://git.example/', 'git@host:a b/c', ''])(
    'is none of %j',
    (address) => {
      expect(remotePlace(address)).toBeNull();
    },
  );
});

describe('the page on which a pull request is opened', () => {
  const place = { host: 'github.com', name: 'acme/tool' };

  it('is what the server named, else where such servers have it', () => {
    const told =
      'remote: Create a pull request for x by visiting:\nremote:   https://git.example/new?x=1  \nTo https://elsewhere\n';
    expect(openingPage(told, { place, branch: 'autoloop/job' })).toBe('https://git.example/new?x=1');
    expect(openingPage('', { place, branch: 'autoloop/job#1' })).toBe(
      'https://github.com/acme/tool/pull/new/autoloop/job%231',
    );
    expect(openingPage('', { place: { ...place, host: 'gitlab.com' }, branch: 'a/b' })).toContain(
      '/-/merge_requests/new?',
    );
    expect(openingPage('To /srv/tool.git', { place: null, branch: 'x' })).toBeNull();
  });
});
