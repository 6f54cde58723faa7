import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { PROJECT } from '../../support/compiled.ts';

interface Archived {
  readonly name: string;
  readonly mode: number;
  readonly content: Buffer;
}

const script = async (name: string): Promise<unknown> => import(path.join(PROJECT, 'scripts', name));
const { tarGz } = (await script('archive.mjs')) as { tarGz: (files: readonly Archived[], epoch: number) => Buffer };
const { shippedPackages, thirdPartyNotices } = (await script('notices.mjs')) as {
  shippedPackages: (root: string) => readonly { name: string; version: string; license: string }[];
  thirdPartyNotices: (root: string) => string;
};

describe('the archive of a release', () => {
  const files = [
    { name: 'autoloop/autoloop', mode: 0o755, content: Buffer.alloc(70_000, 7) },
    { name: 'autoloop/docs/empty.md', mode: 0o644, content: Buffer.alloc(0) },
    { name: 'autoloop/README.md', mode: 0o644, content: Buffer.from('A block is 512 bytes.\n'.repeat(99)) },
  ];

  it('unpacks to what was put in, with its modes and the time of the commit', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'release-'));
    onTestFinished(() => {
      rmSync(folder, { recursive: true, force: true });
    });
    writeFileSync(path.join(folder, 'a.tar.gz'), tarGz(files, 1_700_000_000));
    execFileSync('tar', ['-xzf', 'a.tar.gz'], { cwd: folder });
    for (const { name, mode, content } of files) {
      const file = path.join(folder, name);
      const { mode: found, mtimeMs } = statSync(file);
      expect({ name, mode: found & 0o777, at: mtimeMs }).toEqual({ name, mode, at: 1_700_000_000_000 });
      expect(readFileSync(file).equals(content)).toBe(true);
    }
  });

  it('is the same bytes for the same files, whoever makes it', () => {
    expect(tarGz(files, 1).equals(tarGz(files, 1))).toBe(true);
    expect(tarGz(files, 1).equals(tarGz(files, 2))).toBe(false);
  });

  it('refuses a name that such an archive cannot hold', () => {
    expect(() => tarGz([{ name: 'x'.repeat(101), mode: 0o644, content: Buffer.alloc(0) }], 1)).toThrow(/too long/);
  });
});

describe('the notices of third parties', () => {
  it('name Bun, with the license of its LGPL parts, and every package in the program, with its license', () => {
    const notices = thirdPartyNotices(PROJECT);
    const shipped = shippedPackages(PROJECT);
    const { dependencies } = JSON.parse(readFileSync(path.join(PROJECT, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    expect(shipped.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(dependencies)));
    for (const { name, version, license } of shipped) expect(notices).toContain(`\n${name} ${version} (${license})\n`);
    expect(notices).toMatch(/^Bun$/m);
    expect(notices).toContain('GNU LESSER GENERAL PUBLIC LICENSE');
    expect(notices.match(/WITHOUT WARRANTY|"AS IS"/g)?.length).toBeGreaterThan(shipped.length / 2);
  });
});
