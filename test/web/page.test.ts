import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRig, type Rig } from '../support/rig.ts';
import { CHROMIUM, DESKTOP, expectWellMade, openBrowser, PHONE, quietPage } from './browser.ts';

let browser: Browser;

/** Pictures of what the tests saw, for whoever changes the page. */
const PICTURES = path.resolve('dist/pictures');

beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true });
  browser = await openBrowser();
});
afterAll(() => browser.close());

const START = ['--intent', 'Build it', '--task-id', 'job'];

async function addressOf(rig: Rig): Promise<string> {
  const [address] = await rig
    .start(['serve'], { timeoutMs: 300_000 })
    .sees(/^http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]+$/m);
  return address;
}

const picture = (page: Page, name: string) =>
  page.screenshot({ path: path.join(PICTURES, `${name}.png`), fullPage: true });

describe.skipIf(CHROMIUM === undefined && process.env.CI !== 'true')('the page', () => {
  for (const [name, viewport, colorScheme] of [
    ['phone', PHONE, 'dark'],
    ['desktop', DESKTOP, 'light'],
  ] as const) {
    it(`shows a run from its start to its end without a reload, on a ${name}`, async () => {
      await using rig = await createRig({ script: { rules: [{ pair: 'implement', role: 'producer', remote: true }] } });
      const context = await browser.newContext({ viewport, colorScheme });
      const page = await quietPage(context);
      await page.goto(await addressOf(rig));
      await page.getByText('No task yet').waitFor();
      expect(new URL(page.url()).hash, 'the token leaves the address').toBe('#/');
      const running = rig.start(START);
      const turn = await rig.nextTurn();
      await page.getByRole('link', { name: 'job' }).click();
      await turn.act({ shell: ['echo halfway'], write: { 'src/greeting.txt': 'hello\n' } });
      await page.getByText('echo halfway').waitFor();
      await expectWellMade(page);
      await picture(page, `run-${name}`);
      await turn.finish();
      expect((await running.done).code).toBe(0);
      await page.getByText('Done: every pair is complete').waitFor();
      await expectWellMade(page);
      await page.locator('.turn a').filter({ hasText: 'producer implement' }).click();
      await page.getByText('src/greeting.txt').first().waitFor();
      await expectWellMade(page);
      await picture(page, `turn-${name}`);
      await page.goto(`${new URL(page.url()).origin}/#/${rig.lastRun().runId}/papers/artifacts/plan/plan.md`);
      await page.getByRole('heading', { level: 1, name: 'Plan' }).waitFor();
      await expectWellMade(page);
      await context.close();
    });
  }

  it('takes an answer on a phone, resumes the paused run with it, and shows its end without a reload', async () => {
    await using rig = await createRig({
      script: { rules: [{ pair: 'plan', role: 'producer', nth: 1, question: 'Which port?' }] },
    });
    expect((await rig.run([...START, '--pairs', 'plan'])).code).toBe(4);
    const context = await browser.newContext({ viewport: PHONE });
    const page = await quietPage(context);
    await page.goto(await addressOf(rig));
    await page.getByRole('link', { name: 'job' }).click();
    await page.getByLabel('Your answer').fill('8443');
    await page.getByRole('button', { name: 'Answer' }).click();
    await page.getByText('Done: every pair is complete').waitFor();
    expect(rig.events().find((event) => event.event_type === 'clarified')).toMatchObject({
      by: 'page',
      clarification: { answer: '8443', source: 'human' },
    });
    await expectWellMade(page);
    await context.close();
  });

  it('shows hostile text of an agent and runs none of it', async () => {
    const hostile =
      '<script>window.pwned = 1</script><img src=x onerror="window.pwned=1"> [a](javascript:window.pwned=1) \u202Egnp.exe \u001b[31m';
    await using rig = await createRig({ script: { rules: [{ pair: 'plan', role: 'producer', question: hostile }] } });
    const paused = await rig.run(START);
    expect(paused.code).toBe(4);
    const context = await browser.newContext({ viewport: PHONE });
    const page = await quietPage(context);
    await page.goto(await addressOf(rig));
    await page.getByText('One task waits for you.').waitFor();
    await page.getByRole('link', { name: 'job' }).click();
    await page.getByText('window.pwned').first().waitFor();
    await page.getByText('\\u202e').first().waitFor();
    expect(await page.evaluate('"pwned" in globalThis')).toBe(false);
    expect(await page.title()).toMatch(/^\? job/);
    await expectWellMade(page);
    await picture(page, 'question-phone');
    const { runId } = rig.lastRun();
    for (const part of ['1', 'papers', 'papers/request.md', 'report']) {
      await page.goto(`${new URL(page.url()).origin}/#/${runId}/${part}`);
      await expect.poll(() => page.title(), { message: `the title of ${part}` }).toMatch(/^\? .* · job$/);
    }
    await context.close();
  });

  it('says that it is not live when the server is gone, keeps what was typed, and catches up', async () => {
    await using rig = await createRig({ script: { rules: [{ pair: 'plan', role: 'producer', remote: true }] } });
    const server = rig.start(['serve', '--token-file', path.join(rig.sandbox.env.HOME ?? '', 'token')]);
    const [address] = await server.sees(/^http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]+$/m);
    const { port } = new URL(address);
    const running = rig.start([...START, '--pairs', 'plan']);
    const turn = await rig.nextTurn();
    const context = await browser.newContext({ viewport: DESKTOP });
    const page = await context.newPage();
    await page.goto(address);
    await page.getByRole('link', { name: 'job' }).click();
    await page.getByLabel('A note for the next turn').fill('half a sentence');
    server.signal('SIGKILL');
    await page.getByText('not live').waitFor();
    await turn.finish();
    expect((await running.done).code).toBe(0);
    rig.start(['serve', '--port', port, '--token-file', path.join(rig.sandbox.env.HOME ?? '', 'token')]);
    await page.getByText('Done: every pair is complete').waitFor();
    const turns = page.locator('.turn a');
    expect(await turns.count()).toBe(2);
    await context.close();
  });
});
