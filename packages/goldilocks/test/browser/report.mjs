// Opens a report in a real browser: no script, no network, no error, nothing cut off, and axe finds nothing, light and dark, wide and narrow.
//
// usage: node packages/goldilocks/test/browser/report.mjs REPORT.html [SCREENSHOT_FOLDER]     CHROMIUM names the browser (default: chromium)
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium } from 'playwright-core';

const [report, screenshots] = process.argv.slice(2);
if (!report) {
  console.error(
    'Give the report to open. Example: node packages/goldilocks/test/browser/report.mjs goldilocks-result/report.html',
  );
  process.exit(2);
}
const problems = [];
const check = (holds, problem) => holds || problems.push(problem);
check(!/<script/i.test(readFileSync(report, 'utf8')), 'the page holds a script');

const executablePath = process.env.CHROMIUM ?? execFileSync('which', ['chromium'], { encoding: 'utf8' }).trim();
const browser = await chromium.launch({
  executablePath,
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-sync'],
});
for (const colorScheme of ['light', 'dark']) {
  for (const width of [400, 800, 1300]) {
    const view = `${colorScheme}, ${width} wide`;
    // axe brings a script of its own, which the page's policy would refuse.
    const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 }, bypassCSP: true });
    const page = await context.newPage();
    page.on('request', (request) => check(request.url().startsWith('file:'), `${view}: asked for ${request.url()}`));
    page.on('console', (message) => check(message.type() !== 'error', `${view}: ${message.text()}`));
    page.on('pageerror', (error) => problems.push(`${view}: ${error.message}`));
    await page.goto(pathToFileURL(resolve(report)).href);
    const size = await page.evaluate(() => [
      document.documentElement.scrollWidth,
      document.documentElement.clientWidth,
    ]);
    check(size[0] <= size[1], `${view}: the page is ${size[0]} wide, the window ${size[1]}`);
    for (const name of [
      'Learning rate',
      'Batch size',
      'Epochs',
      'Dropout',
      'Weight decay',
      'Schedule',
      'Frozen layers',
    ]) {
      check(await page.getByRole('heading', { name, exact: true }).first().isVisible(), `${view}: no heading ${name}`);
    }
    const { violations } = await new AxeBuilder({ page }).analyze();
    for (const { id, help, nodes } of violations)
      problems.push(`${view}: axe ${id}: ${help} (${nodes[0].target}, ${nodes.length} in all)`);
    if (screenshots)
      await page.screenshot({ path: join(screenshots, `report-${colorScheme}-${width}.png`), fullPage: true });
    await context.close();
  }
}
await browser.close();
for (const problem of problems) console.log(problem);
console.log(
  problems.length === 0 ? 'The report in a browser: passed' : `The report in a browser: ${problems.length} problems`,
);
process.exitCode = problems.length === 0 ? 0 : 1;
