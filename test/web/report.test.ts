import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportHtml } from '../../src/core/report/html.ts';
import type { ReportFacts } from '../../src/core/report/report.ts';
import { DESKTOP, expectWellMade, openBrowser, quietPage } from './browser.ts';

const BEFORE = "test('subtracts', () => assert.equal(sub(3, 2), 1));\n";
const AFTER = "test('subtracts', () => assert.ok(true)); // <script>document.title = 'stolen'</script>\n";

const FACTS: ReportFacts = {
  title: 'Add multiplication to the calculator',
  verdict: 'Not verified: the work is done, and not proven',
  tone: 'bad',
  summary: [
    '1 of 2 criteria proven or kept',
    '1 of 2 checks passed',
    '1 open finding',
    '3 files, +24 −2 lines',
    '8 turns, 6.4 min',
  ],
  look: [
    {
      text: 'subtracts (test) was weakened: it passes with the old code as well, see test/calculator.test.js',
      gates: true,
      guard: { path: 'test/calculator.test.js', before: BEFORE, after: AFTER },
    },
    { text: 'AC-2: reviewed, not proven: README.md, section Use', gates: false, guard: null },
  ],
  criteria: [
    {
      id: 'AC-1',
      text: 'mul(3, 4) is 12',
      state: 'proven',
      tests: ['test/calculator.test.js > multiplies'],
      note: null,
      ...{ commits: ['491a76b656c1'], checks: [{ name: 'test', holds: true }] },
      ...{ verifier: 'complete', audit: 'gaps found' },
    },
    {
      id: 'AC-2',
      text: 'The README says how to multiply',
      state: 'reviewed',
      tests: [],
      note: 'README.md, section Use',
      ...{ commits: ['491a76b656c1'], checks: [], verifier: 'complete', audit: 'gaps found' },
    },
  ],
  checks: [
    {
      ...{ name: 'test', command: 'npm test', origin: 'package.json', seconds: 1.4 },
      before: { passed: 12, failed: 1, skipped: 0 },
      after: { passed: 14, failed: 1, skipped: 0 },
    },
    {
      ...{ name: 'lint', command: 'npm run lint', origin: 'package.json', seconds: 3 },
      before: { passed: 1, failed: 0, skipped: 0 },
      after: { passed: 1, failed: 0, skipped: 0 },
    },
  ],
  oldFailures: ['test/calculator.test.js > divides by zero'],
  flaky: ['test/clock.test.js > ticks'],
  phases: [{ id: 'multiply', title: 'Multiplication', status: 'completed', commits: ['491a76b656c1', '092c50655fab'] }],
  answers: [{ question: 'Should mul take more than two numbers?', answer: 'No, two.' }],
  asked: [
    { kind: 'question', at: '2026-11-29T12:00:00Z', text: 'Should mul take more than two numbers?', by: 'producer' },
    { kind: 'answer', at: '2026-11-29T12:01:00Z', text: 'No, two.', by: 'terminal' },
    { kind: 'rejected', at: '2026-11-29T12:02:00Z', text: 'Smaller <b>phases</b>.', by: 'page' },
    { kind: 'approved', at: '2026-11-29T12:03:00Z', text: '', by: 'mcp' },
  ],
  decisions: ['mul takes two numbers, as add does'],
  base: '5d2c1f00a1b2c3d4e5f60718293a4b5c6d7e8f90',
  end: '491a76b656c10718293a4b5c6d7e8f905d2c1f00',
};

describe('the page of a report, opened from disk', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'report-'));
  const file = path.join(folder, 'report.html');
  let browser: Browser;

  beforeAll(async () => {
    writeFileSync(file, reportHtml(FACTS));
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([
    ['light', 360],
    ['dark', 360],
    ['light', DESKTOP.width],
  ] as const)(
    'in %s, %i pixels wide, asks for nothing, says nothing, fits and can be read by all',
    async (colorScheme, width) => {
      const context = await browser.newContext({ colorScheme, viewport: { width, height: 800 } });
      const page = await quietPage(context);
      const asked: string[] = [];
      page.on('request', (request) => asked.push(request.url()));
      await page.goto(pathToFileURL(file).href);
      await page.locator('summary').first().click();
      expect(asked.filter((url) => !url.startsWith('data:'))).toEqual([pathToFileURL(file).href]);
      expect(await page.title()).toBe('Add multiplication to the calculator · Autoloop');
      await expectWellMade(page);
      const pictures = process.env['REPORT_PICTURES'];
      if (pictures !== undefined && existsSync(pictures)) {
        await page.screenshot({ path: path.join(pictures, `report-${colorScheme}-${width}.png`), fullPage: true });
      }
      await context.close();
    },
  );
});
