// Takes the pictures of docs/page.md anew: the page over a finished study, in the folder that its data lie in.
//
// usage: node packages/dashboard/test/browser/pictures.mjs FOLDER STUDY DATA [OUT]
// FOLDER holds DATA and .goldilocks with the finished STUDY and big-10000 (big-study.mjs). OUT: default docs/images.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { finish, newPage, settled, startBrowser, startServer } from './lib.mjs';

const images = fileURLToPath(new URL('../../../../docs/images', import.meta.url));
const [folder, study, data, out = images] = process.argv.slice(2);
if (!data) {
  console.error(
    'Give a folder, a finished study in it, and a data file. Example: pictures.mjs examples/feedback feedback-1 feedback.jsonl',
  );
  process.exit(2);
}
const MINUTE = 60_000;
const width = 1280;
const HEIGHT = 1150;
const server = await startServer(folder);
const browser = await startBrowser();
const context = await browser.newContext({ viewport: { width, height: HEIGHT }, reducedMotion: 'reduce' });
const page = await newPage(context, server.base);
await page.goto(server.url);
await page.getByRole('heading', { name: 'Studies', exact: true }).waitFor();

await view(`/start?data=${encodeURIComponent(data)}&minutes=15`);
await page.getByRole('button', { name: 'Make the plan' }).click({ timeout: 2 * MINUTE });
await page.getByRole('heading', { name: 'Settings and ranges' }).waitFor({ timeout: 5 * MINUTE });
await picture('page-plan', page.getByRole('heading', { name: 'Settings and ranges' }));

await view(`/s/${encodeURIComponent(study)}/just-right`);
await picture('page-just-right');

await view('/s/big-10000/plots/slice');
await picture('page-plots');

await view(`/s/${encodeURIComponent(study)}/try`);
await page
  .getByRole('button', { name: /^Use this/ })
  .first()
  .click({ timeout: 2 * MINUTE });
await page.getByRole('button', { name: 'Ask both' }).click();
await page.getByText('Words that the base model did not say are underlined.').waitFor({ timeout: 3 * MINUTE });
await picture('page-try');

await browser.close();
await server.stop();
finish('Pictures of the page');

async function view(path) {
  await page.goto(server.base + path);
  await settled(page);
}

/** What is on the screen, from the top or from a heading on; without the empty space below. */
async function picture(name, from) {
  await page.evaluate(() => document.activeElement?.blur());
  if (from) await from.evaluate((heading) => window.scrollTo(0, heading.getBoundingClientRect().top + scrollY - 90));
  await page.waitForTimeout(500);
  const end = await page.evaluate(() => document.querySelector('main').lastElementChild.getBoundingClientRect().bottom);
  const clip = { x: 0, y: 0, width, height: Math.round(Math.min(HEIGHT, end + 24)) };
  await page.screenshot({ path: join(out, `${name}.png`), clip });
}
