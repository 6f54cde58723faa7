import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressOf, type Gate, namesOf, refusalOf } from '../../../src/web/gate.ts';

const gate: Gate = {
  token: 'the-token-of-this-start',
  hosts: namesOf({ host: '127.0.0.1', port: 8000, allowedHosts: ['Box.tailnet.ts.net', 'proxy.example:8443'] }),
  isReadOnly: false,
  openPaths: new Set(['/', '/page.js', '/page.css']),
};
const HOST = '127.0.0.1:8000';
const BEARER = 'Bearer the-token-of-this-start';

const statusOf = (target: string, headers: Record<string, string> = {}, method = 'GET') =>
  refusalOf({ method, target, headers: { host: HOST, ...headers }, hosts: 1 }, gate)?.status ?? 200;

describe('who gets in', () => {
  it.each([
    ['127.0.0.1:8000', 200],
    ['localhost:8000', 200],
    ['LOCALHOST:8000', 200],
    ['[::1]:8000', 200],
    ['box.tailnet.ts.net', 200],
    ['proxy.example:8443', 200],
    ['box.tailnet.ts.net:8000', 421],
    ['proxy.example', 421],
    ['127.0.0.1', 421],
    ['127.0.0.1:8001', 421],
    ['127.0.0.1.evil:8000', 421],
    ['evil.example', 421],
    ['0.0.0.0:8000', 421],
    ['user@127.0.0.1:8000', 421],
    ['', 421],
  ])('comes by a name of ours: Host %s is %i', (host, status) => {
    expect(statusOf('/', { host })).toBe(status);
  });

  it('lets nothing but the document and its assets out without the token, however the address is written', () => {
    expect(['/', '/?from=mail', '/page.js', '/page.css'].map((target) => statusOf(target))).toEqual([
      200, 200, 200, 200,
    ]);
    const ways = ['/api/tasks', '/./api/tasks', '/x/../api/tasks', '/%61pi/tasks', '//', '/page.js/', '*', ''];
    for (const target of [...ways, `http://${HOST}/api/tasks`, `http://${HOST}/`]) {
      expect(statusOf(target), target).toBe(401);
      expect(statusOf(target, { authorization: BEARER }), target).toBe(200);
    }
    fc.assert(
      fc.property(fc.string(), fc.constantFrom('GET', 'POST'), (target, method) => {
        const isOpen = method === 'GET' && gate.openPaths.has(target.split('?')[0] ?? '');
        expect(statusOf(target, {}, method)).toBe(isOpen ? 200 : 401);
      }),
    );
  });

  it.each(['', 'the-token-of-this-start', 'Bearer', 'Bearer the-token-of-this-star', `${BEARER}x`, `Basic ${BEARER}`])(
    'is nobody with the authorization "%s"',
    (authorization) => {
      expect(statusOf('/api/tasks', { authorization })).toBe(401);
    },
  );

  it('is no page of another origin or site, with the token or without', () => {
    const of = (headers: Record<string, string>) => statusOf('/api/tasks', { authorization: BEARER, ...headers });
    expect(of({ origin: `http://${HOST}` })).toBe(200);
    for (const origin of [
      'null',
      'http://evil.example',
      'http://127.0.0.1:8001',
      'http://localhost:8000',
      'file://',
      `http://evil@${HOST}`,
      `http://${HOST}/x`,
      '',
    ]) {
      expect(of({ origin }), origin).toBe(403);
    }
    expect([of({ 'sec-fetch-site': 'same-origin' }), of({ 'sec-fetch-site': 'cross-site' })]).toEqual([200, 403]);
    expect(of({ 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' })).toBe(403);
    const visit = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
    expect([statusOf('/', visit), statusOf('/', visit, 'POST')]).toEqual([200, 403]);
  });

  it('changes something only by POST of JSON, and not where the server only shows', () => {
    const post = (headers: Record<string, string>, at = gate) =>
      refusalOf(
        { method: 'POST', target: '/api/x', headers: { host: HOST, authorization: BEARER, ...headers }, hosts: 1 },
        at,
      );
    const json = { 'content-type': 'application/json; charset=utf-8' };
    expect(post(json)).toBeNull();
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', '']) {
      expect(post({ 'content-type': type })?.status, type).toBe(415);
    }
    expect(post(json, { ...gate, isReadOnly: true })?.status).toBe(403);
    for (const method of ['OPTIONS', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'TRACE']) {
      expect([statusOf('/', {}, method), statusOf('/', { authorization: BEARER }, method)], method).toEqual([403, 403]);
    }
  });
});

describe('the names and the address of a server', () => {
  const listens = { port: 8000, allowedHosts: [] };
  it('are those of this machine, where it listens to this machine alone', () => {
    expect(addressOf({ host: '::1', ...listens })).toBe('http://[::1]:8000/');
    expect(addressOf({ ...listens, host: '127.0.0.1', allowedHosts: ['name.example'] })).toBe('http://127.0.0.1:8000/');
    expect([...namesOf({ ...listens, host: '127.0.0.1', port: 80 })]).toContain('localhost');
  });
  it('are those that were allowed, where it listens to others: with its port unless another one was given', () => {
    const open = { host: '0.0.0.0', port: 8000, allowedHosts: ['Box', 'other:9000'] };
    expect(addressOf(open)).toBe('http://Box:8000/');
    expect([...namesOf(open)].filter((name) => !/^(?:127|local|\[)/.test(name))).toEqual([
      'box',
      'other:9000',
      'box:8000',
    ]);
  });
});
