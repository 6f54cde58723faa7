import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRig, type Rig } from '../support/rig.ts';
import { CHROMIUM, openBrowser, PHONE } from './browser.ts';

let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

const START = ['--intent', 'Build it', '--task-id', 'job', '--pairs', 'plan'];

async function addressOf(rig: Rig): Promise<string> {
  const server = rig.start(['serve'], { timeoutMs: 300_000 });
  return (await server.sees(/^http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]+$/m))[0];
}

/** A window of the browser, once it shows the task and how live it is. */
async function windowOf(context: BrowserContext, address: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(address);
  await page.getByRole('link', { name: 'job' }).waitFor();
  return page;
}

/** As the browser does when another tab is chosen, and when this one is again. */
const setHidden = (page: Page, isHidden: boolean) =>
  page.evaluate(
    `Object.defineProperty(document, 'hidden', { configurable: true, value: ${String(isHidden)} });
     document.dispatchEvent(new Event('visibilitychange'))`,
  );

describe.skipIf(CHROMIUM === undefined && process.env.CI !== 'true')('windows of one browser', () => {
  it('are seven if somebody likes: four are live, the older ones say where they are shown, and none hangs', async () => {
    await using rig = await createRig();
    expect((await rig.run(START)).code).toBe(0);
    const address = await addressOf(rig);
    const context = await browser.newContext({ viewport: PHONE });
    const windows: Page[] = [];
    for (let count = 1; count <= 7; count += 1) windows.push(await windowOf(context, address));
    for (const page of windows.slice(0, 3)) await page.getByText('shown in another window of this browser').waitFor();
    for (const page of windows.slice(3)) await page.getByText('live', { exact: true }).waitFor();
    await windows[6]?.getByRole('link', { name: 'job' }).click();
    await windows[6]?.getByText('Done: every pair is complete').waitFor();
    await context.close();
  });

  it('hold no connection while hidden, and have everything once when they are shown again', async () => {
    await using rig = await createRig({ script: { rules: [{ pair: 'plan', role: 'producer', remote: true }] } });
    const address = await addressOf(rig);
    const running = rig.start(START);
    const turn = await rig.nextTurn();
    const context = await browser.newContext({ viewport: PHONE });
    const page = await windowOf(context, address);
    await page.getByRole('link', { name: 'job' }).click();
    await page.getByLabel('A note for the next turn').fill('half a sentence');
    await page.getByText('live', { exact: true }).waitFor();
    const isLeft = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/feed'));
    await setHidden(page, true);
    await isLeft;
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await turn.act({ shell: ['echo meanwhile'] });
    await turn.finish();
    expect((await running.done).code).toBe(0);
    expect(asked).toEqual([]);
    await setHidden(page, false);
    await page.getByText('Done: every pair is complete').waitFor();
    expect(await page.locator('.turn a').count()).toBe(2);
    await context.close();
  });
});
