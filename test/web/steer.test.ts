import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from 'playwright-core';
import { createRig } from '../support/rig.ts';
import { CHROMIUM, expectWellMade, openBrowser, PHONE, quietPage } from './browser.ts';

let browser: Browser;
const PICTURES = path.resolve('dist/pictures');

beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true });
  browser = await openBrowser();
});
afterAll(() => browser.close());

describe.skipIf(CHROMIUM === undefined && process.env.CI !== 'true')('the page on a phone', () => {
  it('leads a run from its question over its plan and a note to its report, without a reload', async () => {
    await using rig = await createRig({
      script: {
        rules: [
          { pair: 'plan', role: 'producer', nth: 1, question: 'Which port?' },
          { pair: 'implement', role: 'producer', nth: 1, remote: true },
        ],
      },
    });
    const start = ['--intent', 'Build it', '--task-id', 'job', '--pairs', 'plan,implement', '--approve-plan'];
    expect((await rig.run(start)).code).toBe(4);
    const [address] = await rig
      .start(['serve'], { timeoutMs: 300_000 })
      .sees(/^http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]+$/m);
    const context = await browser.newContext({ viewport: PHONE, colorScheme: 'dark' });
    const page = await quietPage(context);
    await page.goto(address);
    let loads = 0;
    page.on('load', () => (loads += 1));
    await page.getByRole('link', { name: 'job' }).click();
    await page.getByLabel('Your answer').fill('8443');
    await page.getByRole('button', { name: 'Answer' }).click();
    await page.getByLabel('What should be different').fill('Smaller phases.');
    await page.getByRole('link', { name: 'the plan', exact: true }).click();
    await page.getByRole('link', { name: 'Run' }).click();
    await expect.poll(() => page.getByLabel('What should be different').inputValue()).toBe('Smaller phases.');
    await page.getByRole('button', { name: 'Send back' }).click();
    const turn = rig.nextTurn();
    await page.getByText('Smaller phases.').first().waitFor();
    const approve = page.getByRole('button', { name: 'Approve' });
    await approve.waitFor();
    await expectWellMade(page);
    await page.screenshot({ path: path.join(PICTURES, 'plan-phone.png'), fullPage: true });
    await approve.click();
    const implementing = await turn;
    await page.getByLabel('A note for the next turn').fill('Keep the old names.');
    await page.getByRole('button', { name: 'Send note' }).click();
    await page.getByText('kept: the next turn takes it').waitFor();
    await implementing.finish({ write: { 'src/greeting.txt': 'hello\n' } });
    await page.getByText('Done: every pair is complete').waitFor();
    await page.getByRole('link', { name: 'Report, and what was decided' }).click();
    for (const text of ['Which port?', '8443', 'Smaller phases.', 'Keep the old names.', 'Plan approved']) {
      await page.getByText(text).first().waitFor();
    }
    await expectWellMade(page);
    await page.screenshot({ path: path.join(PICTURES, 'report-phone.png'), fullPage: true });
    expect(loads).toBe(0);
    const live = await page.locator('main').innerText();
    const onDisk = await context.newPage();
    await onDisk.goto(pathToFileURL(path.join(rig.lastRun().path, 'report.html')).href);
    const kept = await onDisk.locator('body').innerText();
    const [verdict = ''] = /Success[^\n·]*/.exec(live) ?? [];
    expect(verdict).not.toBe('');
    for (const text of [
      verdict.trim(),
      'AC-1',
      'phase-1',
      'Which port?',
      '8443',
      'Smaller phases.',
      'Keep the old names.',
    ]) {
      expect([live.includes(text), kept.includes(text)], text).toEqual([true, true]);
    }
    for (const head of ['Question · producer', 'Plan sent back · page', 'Plan approved · page', 'Note · page']) {
      expect([live.split(head).length, kept.split(head).length], head).toEqual([2, 2]);
    }
    await context.close();
  });

  it('says of a run with a follow-up that it goes on there, and not that it stopped', async () => {
    await using rig = await createRig({ script: { gaps: 1 } });
    expect((await rig.run(['--intent', 'Build it', '--task-id', 'job'])).code).toBe(0);
    const [address] = await rig
      .start(['serve'], { timeoutMs: 300_000 })
      .sees(/^http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]+$/m);
    const context = await browser.newContext({ viewport: PHONE });
    const page = await quietPage(context);
    await page.goto(address);
    await page.getByRole('link', { name: 'job' }).waitFor();
    await page.goto(`${address.replace(/#.*/, '')}#/${rig.runs()[0]?.runId ?? ''}`);
    const card = page.getByRole('region', { name: 'It goes on in its follow-up' });
    await card.waitFor();
    expect(await card.getAttribute('class')).not.toContain('needs');
    expect(await page.getByText('It stopped').count()).toBe(0);
    await context.close();
  });
});
