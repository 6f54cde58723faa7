import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';

/** Where Debian and others put it; CHROMIUM names another one. */
const PLACES = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export const CHROMIUM = PLACES.find((place) => place !== undefined && existsSync(place));

/** Nothing but loopback is asked for anything. */
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export async function openBrowser(): Promise<Browser> {
  if (CHROMIUM === undefined) throw new Error('no Chromium found: install it, or set CHROMIUM');
  return chromium.launch({ executablePath: CHROMIUM, args: QUIET });
}

export const PHONE = { width: 390, height: 844 };
export const DESKTOP = { width: 1280, height: 900 };

/** A page that fails its test when the console says anything or a script throws. */
export async function quietPage(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  const said: string[] = [];
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', (error) => said.push(error.message));
  said_of.set(page, said);
  return page;
}

const said_of = new WeakMap<Page, string[]>();
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Holds the page against what every page of ours keeps: quiet, no scrolling sideways, nothing that axe-core finds. */
export async function expectWellMade(page: Page): Promise<void> {
  expect(said_of.get(page)).toEqual([]);
  const sideways = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
  expect(sideways, 'pixels to scroll sideways').toBeLessThanOrEqual(0);
  const session = await page.context().newCDPSession(page);
  // The page's own policy forbids it to run other scripts: the debugger may.
  await session.send('Runtime.evaluate', { expression: AXE });
  const { result } = await session.send('Runtime.evaluate', {
    expression:
      'axe.run().then(({ violations }) => JSON.stringify(violations.map(({ id, nodes }) => [id, nodes[0].html])))',
    awaitPromise: true,
  });
  expect(JSON.parse(String(result.value))).toEqual([]);
}
