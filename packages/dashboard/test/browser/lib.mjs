// What the browser tests share: the real server in a folder of its own, a browser, and a list of what is wrong.
import { execFileSync, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium } from 'playwright-core';

const main = fileURLToPath(new URL('../../../goldilocks/dist/cli/main.js', import.meta.url));

export const problems = [];
export function check(holds, problem) {
  if (!holds) {
    problems.push(problem);
    console.log(`  ✗ ${problem}`);
  }
}

/** `goldilocks serve` on a free port, with the address that lets a browser in. */
export async function startServer(folder, port = 0) {
  const child = spawn(process.execPath, [main, 'serve', '--no-open', '--port', String(port)], { cwd: folder });
  const lines = [];
  const url = await new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line);
        const found = /http:\/\/\S+#token=\S+/.exec(line);
        if (found) resolve(found[0]);
      });
    }
    child.on('exit', () => reject(new Error(`goldilocks serve ended: ${lines.join('\n')}`)));
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const stop = async (signal = 'SIGTERM') => {
    child.kill(signal);
    await ended;
  };
  return { url, base: new URL(url).origin, port: Number(new URL(url).port), stop };
}

/** Time-outs end what hangs; they say nothing of speed. */
export const PATIENCE = 5 * 60_000;

export async function startBrowser() {
  const executablePath = process.env.CHROMIUM ?? execFileSync('which', ['chromium'], { encoding: 'utf8' }).trim();
  const args = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-sync'];
  const browser = await chromium.launch({ executablePath, args, timeout: PATIENCE });
  const newContext = browser.newContext.bind(browser);
  browser.newContext = async (options) => {
    const context = await newContext(options);
    context.setDefaultTimeout(PATIENCE);
    return context;
  };
  return browser;
}

/** Waits until something holds, and says what does not where it never does. */
export async function eventually(holds, problem) {
  for (const end = Date.now() + PATIENCE; Date.now() < end; ) {
    if (await holds()) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  check(false, problem);
}

/** A page on which every error, refused policy and foreign request counts as a problem; `expected` lists what a test provokes. */
export async function newPage(context, base, expected = []) {
  const page = await context.newPage();
  const known = (text) => expected.some((pattern) => pattern.test(text));
  page.on('request', (request) => {
    const url = request.url();
    check(url.startsWith(base) || /^(blob|data):/.test(url), `asked for ${url}`);
  });
  page.on('console', (message) => {
    if (message.type() === 'error' && !known(message.text()))
      check(false, `console at ${page.url()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => check(false, `error at ${page.url()}: ${error.message}`));
  return page;
}

/** Drops a file of this machine onto an element, as a hand does: the browser itself reads it. */
export async function dropFile(page, locator, path) {
  const { x, y, width, height } = await locator.boundingBox();
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [path], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop']) {
    await session.send('Input.dispatchDragEvent', { type, x: x + width / 2, y: y + height / 2, data });
  }
  await session.detach();
}

/** What the server takes a request of the page by; for requests that a test makes itself. */
export async function secretOf(page) {
  const secret = await page.evaluate(() => localStorage.getItem('goldilocks-secret'));
  return { Authorization: `Bearer ${secret}`, 'Sec-Fetch-Site': 'same-origin' };
}

/** How long frames are while `act` goes on, in milliseconds. */
export async function framesWhile(page, act) {
  await page.evaluate(() => {
    window.frames_ = [];
    let last = performance.now();
    const next = () => {
      const now = performance.now();
      window.frames_?.push(now - last);
      last = now;
      if (window.frames_) requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  });
  await act();
  const times = await page.evaluate(() => {
    const times = window.frames_.sort((a, b) => a - b);
    window.frames_ = undefined;
    return times;
  });
  const at = (share) => times[Math.floor(share * times.length)]?.toFixed(1);
  return `${times.length} frames, ${at(0.5)} ms in the median, ${at(0.95)} ms at 95 %`;
}

/** Waits until a view shows its data and its charts are drawn. */
export async function settled(page) {
  await page.locator('main > *').first().waitFor();
  await page.locator('main .skeleton').first().waitFor({ state: 'detached' });
  await page.waitForFunction(() => !document.querySelector('.chart [data-ready="false"]'));
}

export async function checkView(page, name) {
  const [inner, outer] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  check(inner <= outer, `${name}: the page is ${inner} wide, the window ${outer}`);
  const { violations } = await new AxeBuilder({ page }).analyze();
  for (const { id, help, nodes } of violations) {
    check(false, `${name}: axe ${id}: ${help} (${nodes[0].target}, ${nodes.length} in all)`);
  }
}

export function finish(name) {
  console.log(problems.length === 0 ? `${name}: passed` : `${name}: ${problems.length} problems`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
