import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRig } from '../support/rig.ts';
import { CHROMIUM, expectWellMade, openBrowser, quietPage } from './browser.ts';

let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

const SCRIPT = '<script>window.pwned = 1</script><img src=x onerror="window.pwned=1"><svg onload="window.pwned=1">';
const LINKS = '[a](javascript:window.pwned=1) [b](data:text/html,<script>1</script>) ![c](http://127.0.0.1:9/c.png)';
/** Markup, links, an endless word, and signs that turn text around. */
const HOSTILE = `${SCRIPT} ${LINKS} ${'W'.repeat(900)} \u202Egnp.exe\u2066`;
/** A line of a megabyte, with signs that end texts and steer terminals in it. */
const LONG = `${'Z'.repeat(1_000_000)} \u0000 \u001b[31mred\u001b[0m \u001b]0;title\u0007 ${SCRIPT}`;
const FILE = 'src/<img src=x onerror=window.pwned=1> \u202Egnp.exe';
const MARKDOWN = `# ${HOSTILE}\n\n${HOSTILE}\n\n| ${HOSTILE} |\n|---|\n| ${HOSTILE} |\n\n\`\`\`html\n${HOSTILE}\n\`\`\`\n\n- [ ] ${HOSTILE}\n`;

describe.skipIf(CHROMIUM === undefined && process.env.CI !== 'true')('hostile text on the page', () => {
  it('is text wherever it comes from: nothing runs, nothing is fetched, nothing breaks out of 320 pixels', async () => {
    await using rig = await createRig({
      script: {
        rules: [
          { pair: 'plan', role: 'producer', say: HOSTILE, append: { '${bundle}/plan.md': MARKDOWN } },
          {
            pair: 'implement',
            role: 'producer',
            say: HOSTILE,
            write: { [FILE]: `${HOSTILE}\n`, 'src/page.html': `${SCRIPT}\n${'x'.repeat(5000)}\n` },
            shell: [`: '${SCRIPT.replaceAll("'", '')} ${'W'.repeat(300)}'`],
          },
          {
            pair: 'implement',
            role: 'verifier',
            say: `${HOSTILE}\n\n${LONG}`,
            append: { '${bundle}/feedback.md': MARKDOWN },
          },
          { pair: 'test', role: 'producer', question: HOSTILE, supposition: HOSTILE },
        ],
      },
    });
    expect((await rig.run(['--intent', HOSTILE, '--task-id', 'job'])).code).toBe(4);
    const { runId } = rig.lastRun();
    const [address] = await rig
      .start(['serve'], { timeoutMs: 300_000 })
      .sees(/^http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]+$/m);
    const context = await browser.newContext({ viewport: { width: 320, height: 640 } });
    const page = await quietPage(context);
    const foreign: string[] = [];
    const { origin } = new URL(address);
    page.on('request', (request) => {
      if (!request.url().startsWith(`${origin}/`)) foreign.push(request.url());
    });
    await page.goto(address);
    await page.getByText('One task waits for you.').waitFor();
    const MARKUP = 'text=window.pwned';
    const places = [
      ['', '.tasks'],
      [runId, MARKUP],
      ...[1, 3, 4, 5].map((turn) => [`${runId}/${turn}`, MARKUP]),
      [`${runId}/report`, MARKUP],
      [`${runId}/papers`, 'main a'],
      [`${runId}/papers/artifacts/plan/plan.md`, MARKUP],
      [`${runId}/papers/request.md`, MARKUP],
    ] as const;
    for (const [place = '', sign = ''] of places) {
      await page.goto(`${origin}/#/${place}`);
      await page.locator(sign).first().waitFor();
      await expectWellMade(page);
      const shown = await page.evaluate<string>('document.body.innerText');
      expect(
        /[\u0000\u001b\u0007\u202a-\u202e\u2066-\u2069]/.test(shown),
        `${place}: signs that turn text around`,
      ).toBe(false);
    }
    await page.goto(`${origin}/#/${runId}/4`);
    await page.locator(MARKUP).first().waitFor();
    expect((await page.evaluate<string>('document.body.innerText')).includes('Z'.repeat(3_000)), 'the long line').toBe(
      true,
    );
    expect(await page.evaluate('"pwned" in globalThis')).toBe(false);
    expect(foreign).toEqual([]);
    await context.close();
  });
});
