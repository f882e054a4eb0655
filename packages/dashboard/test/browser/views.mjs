// Every view of a finished study in a real browser, against the real server: axe, light and dark, three widths, by keyboard; text of
// data as nothing but text; selecting in plots; very many trials in time.
//
// usage: node packages/dashboard/test/browser/views.mjs FOLDER STUDY [SCREENSHOT_FOLDER]
// FOLDER holds .goldilocks with the finished STUDY, and may hold one called big-10000 (big-study.mjs); it is not changed.
import { join } from 'node:path';
import { trialStates } from '@goldilocks/protocol/page';
import {
  check,
  checkView,
  eventually,
  finish,
  framesWhile,
  newPage,
  secretOf,
  settled,
  startBrowser,
  startServer,
} from './lib.mjs';

const [folder, study, screenshots] = process.argv.slice(2);
if (!study) {
  console.error(
    'Give a folder with .goldilocks, and a finished study in it. Example: views.mjs examples/feedback feedback-1',
  );
  process.exit(2);
}
const hostile = '\u202e<img src=x onerror="window.hacked=1">\u0007<script>window.hacked=1</script>';
const at = `/s/${encodeURIComponent(study)}`;
const plots = 'history intermediate parallel contour slice importances rank edf timeline pareto'.split(' ');
const views = {
  studies: '/',
  start: '/start',
  live: at,
  'just-right': `${at}/just-right`,
  trials: `${at}/trials`,
  trial: `${at}/trials/0`,
  compare: `${at}/compare?trials=0,1,2`,
  ...Object.fromEntries(plots.map((kind) => [`plot-${kind}`, `${at}/plots/${kind}`])),
  data: `${at}/data`,
  try: `${at}/try`,
  take: `${at}/take`,
};

const server = await startServer(folder);
const browser = await startBrowser();
const { storageState } = await open();

await everyView();
await byKeyboard();
await manyTrials();
await hostileText();
await serverGone();

await browser.close();
finish('The page in a browser');

/** The token is good once; what it was exchanged for goes on to the other contexts. */
async function open() {
  const context = await browser.newContext();
  const page = await newPage(context, server.base);
  await page.goto(server.url);
  await page.getByRole('heading', { name: 'Studies', exact: true }).waitFor();
  check(!page.url().includes('token'), 'the token stays in the address');
  const state = await context.storageState();
  await context.close();
  return { storageState: state };
}

async function everyView() {
  const passes = [
    ['light', 360],
    ['dark', 900],
  ];
  if (screenshots) passes.push(['light', 1440], ['dark', 360], ['dark', 1440], ['light', 900]);
  for (const [colorScheme, width] of passes) {
    // axe brings a script of its own, which the page's policy would refuse; what follows keeps the policy.
    const options = { colorScheme, viewport: { width, height: 900 }, bypassCSP: true, reducedMotion: 'reduce' };
    const context = await browser.newContext({ ...options, storageState });
    const page = await newPage(context, server.base);
    for (const [name, path] of Object.entries(views)) {
      await page.goto(server.base + path);
      await settled(page);
      const view = `${name}, ${colorScheme}, ${width} wide`;
      await checkView(page, view);
      await eventually(async () => (await page.title()).endsWith('Goldilocks'), `${view}: has no title`);
      if (!screenshots) continue;
      await page.screenshot({ path: join(screenshots, `${name}-${colorScheme}-${width}.png`), fullPage: true });
    }
    await context.close();
  }
}

async function byKeyboard() {
  const context = await browser.newContext({ storageState, viewport: { width: 1200, height: 800 } });
  const page = await newPage(context, server.base);
  await page.goto(`${server.base}${at}/trials`);
  await settled(page);
  await tabTo(page, () => document.activeElement?.getAttribute('role') === 'grid', 'the table of trials');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Space');
  const isOneChosen = async () => (await page.getByRole('row', { selected: true }).count()) === 1;
  await eventually(isOneChosen, 'Space does not choose a trial');
  await eventually(() => page.url().includes('chosen=1'), 'what is chosen is not in the address');
  await page.reload();
  await settled(page);
  await eventually(isOneChosen, 'a reload forgets what was chosen');
  await tabTo(page, () => document.activeElement?.getAttribute('role') === 'grid', 'the table after a reload');
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/trials\/\d+/);
  await page.goBack();
  await page.getByRole('grid').waitFor();
  await eventually(() => page.url().includes('chosen=1'), 'back forgets what was chosen');
  await page.goto(`${server.base}${at}/plots/intermediate`);
  await settled(page);
  await tabTo(page, () => document.activeElement?.getAttribute('role') === 'slider', 'the chart');
  const chart = page.getByRole('slider');
  const before = await chart.getAttribute('aria-valuetext');
  await page.keyboard.press('ArrowRight');
  await eventually(async () => (await chart.getAttribute('aria-valuetext')) !== before, 'arrows do not walk the chart');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/trials\/\d+/);
  await context.close();
}

/** Every stop on the way must be visible and show that it has the focus. */
async function tabTo(page, isThere, name) {
  for (let i = 0; i < 80; i++) {
    await page.keyboard.press('Tab');
    const [there, shown, what] = await page
      .evaluate((source) => {
        const element = document.activeElement;
        const style = getComputedStyle(element);
        const box = element.getBoundingClientRect();
        const outlined = (one) => one && getComputedStyle(one).outlineStyle !== 'none';
        const shown =
          box.width > 0 && (outlined(element) || outlined(element.querySelector('*')) || style.boxShadow !== 'none');
        return [
          new Function(`return (${source})()`)(),
          shown || element === document.body,
          element.outerHTML.slice(0, 100),
        ];
      }, isThere.toString())
      .catch(() => [false, true, '']);
    check(shown, `the focus cannot be seen on ${what}`);
    if (there) return;
  }
  check(false, `Tab does not reach ${name}`);
}

/** What is drawn over in one plot filters all, stays in the address, and can be taken back. */
async function brush(page, name) {
  const base = `${server.base}/s/${encodeURIComponent(name)}`;
  await page.goto(`${base}/plots/parallel`);
  await settled(page);
  // The last axis is the objective's.
  const parallel = await framesWhile(page, () => drag(page, ({ width }) => [width - 64, 100, width - 64, 260]));
  await page.waitForURL(/where=value(%3A|:)/);
  await page.locator('.chip').first().waitFor();
  await page.getByRole('link', { name: 'Trials', exact: true }).click();
  await page.getByRole('grid').waitFor();
  check(/where=/.test(page.url()), 'the table of trials forgets what was brushed');
  const counts = page.getByRole('main').getByRole('status');
  await eventually(async () => /^\d[\d,]* of \d/.test(await counts.innerText()), 'what was brushed filters no trials');
  await page.goto(`${base}/plots/slice`);
  await settled(page);
  await page.getByRole('button', { name: 'Select' }).click();
  const slice = await framesWhile(page, () => drag(page, () => [80, 30, 200, 160]));
  await page.waitForURL(/where=p\./);
  await page.getByRole('button', { name: 'Clear the filter' }).click();
  await page.waitForURL((url) => !url.search.includes('where'));
  console.log(`  ${name}: brushing parallel coordinates: ${parallel}; a slice: ${slice}`);
}

/** From one place in the chart to another, both by its size. */
async function drag(page, places) {
  const box = await page.locator('.chart').first().boundingBox();
  const [fromX, fromY, toX, toY] = places(box);
  await page.mouse.move(box.x + fromX, box.y + fromY);
  await page.mouse.down();
  await page.mouse.move(box.x + toX, box.y + toY, { steps: 60 });
  await page.mouse.up();
}

async function manyTrials() {
  const context = await browser.newContext({ storageState, viewport: { width: 1440, height: 900 } });
  const page = await newPage(context, server.base);
  await page.route('**/api/studies/*/trials*', (route) => route.fulfill({ json: trials(50_000) }));
  await page.goto(`${server.base}${at}/trials`);
  await page.getByRole('grid').waitFor();
  await page.getByRole('row').nth(5).waitFor();
  const rows = await page.getByRole('row').count();
  check(rows < 120, `${rows} rows of 50,000 are in the page`);
  const sort = await timed(page, async () => {
    await page.getByRole('columnheader', { name: 'Learning rate' }).getByRole('button').click();
    await page.locator('[aria-sort="ascending"]').waitFor();
  });
  // About as fast as a wheel can be turned.
  const scroll = await framesWhile(page, () =>
    page.evaluate(async () => {
      const grid = document.querySelector('[role="grid"]');
      for (let i = 0; i < 120; i++) {
        grid.scrollTop += 90;
        await new Promise(requestAnimationFrame);
      }
    }),
  );
  console.log(`  50,000 trials: sorted in ${sort.toFixed(0)} ms; scrolling: ${scroll}`);
  await page.unroute('**/api/studies/*/trials*');
  const answer = await page.request.get(`${server.base}/api/studies/big-10000`, { headers: await secretOf(page) });
  if (answer.ok()) {
    await timePlots(page);
    await brush(page, 'big-10000');
  }
  await context.close();
}

/** From the moment the data are there until the chart is drawn. */
async function timePlots(page) {
  for (const kind of plots.slice(0, -1)) {
    let arrived = 0;
    const onDone = async (request) => {
      if (/figures/.test(request.url())) arrived = performance.now();
    };
    page.on('requestfinished', onDone);
    await page.goto(`${server.base}/s/big-10000/plots/${kind}`);
    await settled(page);
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    console.log(`  10,000 trials, ${kind}: drawn ${(performance.now() - arrived).toFixed(0)} ms after its data`);
    page.off('requestfinished', onDone);
  }
}

async function timed(page, act) {
  const start = performance.now();
  await act();
  await page.evaluate(() => new Promise(requestAnimationFrame));
  return performance.now() - start;
}

/** An answer in the contract's form, with names that would like to be more than text. */
function trials(count) {
  const numbers = Array.from({ length: count }, (_, i) => i);
  const all = (value) => numbers.map(value);
  return {
    ...{ revision: 'r', whole: true, total: count, numbers, states: all(() => trialStates.indexOf('COMPLETE')) },
    ...{ values: [all((i) => Math.sin(i))], lastValues: all(() => null), lastSteps: all(() => null) },
    ...{ startedAt: all((i) => i * 1000), completedAt: all((i) => i * 1000 + 500), seconds: all(() => 0.5) },
    ...{ feasible: all(() => true), marked: all(() => false), notes: all(() => 0) },
    params: [
      {
        name: 'learningRate',
        title: 'Learning rate',
        scale: 'log',
        choices: null,
        values: all((i) => 1 / (1 + ((i * 7919) % count))),
      },
      { name: 'hostile', title: hostile, scale: 'choice', choices: [hostile, 'b'], values: all((i) => i % 2) },
    ],
  };
}

async function hostileText() {
  const context = await browser.newContext({ storageState, viewport: { width: 1200, height: 800 } });
  const page = await newPage(context, server.base);
  await page.route('**/api/studies/*/trials*', (route) => route.fulfill({ json: trials(20) }));
  await page.route(`**/api/studies/${encodeURIComponent(study)}`, async (route) => {
    const answer = await (await route.fetch()).json();
    answer.summary.title = hostile;
    answer.messages = [{ seq: 1, at: new Date().toISOString(), level: 'error', text: hostile }];
    await route.fulfill({ json: answer });
  });
  for (const path of [at, `${at}/trials`, `${at}/plots/slice`]) {
    await page.goto(server.base + path);
    await settled(page);
    const found = await page.evaluate(() => [
      window.hacked,
      document.querySelectorAll('img, iframe, script:not([src])').length,
    ]);
    check(found[0] === undefined && found[1] === 0, `${path}: text of data became markup`);
  }
  await eventually(
    async () => (await page.locator('h1').innerText()).includes('<img'),
    'the title is not shown as it is',
  );
  await context.close();
}

async function serverGone() {
  const context = await browser.newContext({ storageState });
  const page = await newPage(context, server.base, [/Failed to load resource|ERR_/]);
  await page.goto(server.base + at);
  await settled(page);
  await server.stop('SIGKILL');
  await page.getByText('No connection to Goldilocks').waitFor();
  const again = await startServer(folder, server.port);
  await page.getByText('No connection to Goldilocks').waitFor({ state: 'detached' });
  await page.reload();
  await settled(page);
  const navigation = page.getByRole('navigation', { name: 'Views of this study' });
  await eventually(() => navigation.isVisible(), 'a restarted server does not know the page');
  await again.stop();
  await context.close();
}
