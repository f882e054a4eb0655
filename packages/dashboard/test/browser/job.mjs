// A job as a person does it, in a real browser against the real server with a real training of the shipped model: a file is dropped,
// looked at, planned and started; it is watched, paused, left alone by a killed server, goes on, gets values of one's own, more time
// and a note; then the tuned model answers, and leaves in each format. Two tabs see the same. Requests that are not the page's are refused.
//
// usage: node packages/dashboard/test/browser/job.mjs [DATA_FILE] [SCREENSHOT_FOLDER]
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { check, dropFile, eventually, finish, newPage, settled, startBrowser, startServer } from './lib.mjs';

const feedback = fileURLToPath(new URL('../../../../examples/feedback/feedback.jsonl', import.meta.url));
const [data = feedback, screenshots] = process.argv.slice(2);
const MINUTE = 60_000;

const folder = mkdtempSync(join(tmpdir(), 'goldilocks-page-'));
const outside = mkdtempSync(join(tmpdir(), 'goldilocks-dropped-'));
let server = await startServer(folder);
const browser = await startBrowser();
const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
const page = await newPage(context, server.base, [/ERR_|Failed to load resource/]);

await refused();
await started();
await steered();
await finished();
await tried();
await takenAway();

await browser.close();
await server.stop();
for (const made of [folder, outside]) rmSync(made, { recursive: true, force: true });
finish('A job in a browser');

/** What another site, another name for this machine, or a program without the secret might send. */
async function refused() {
  const { port } = server;
  const cases = {
    'another Host': { headers: { Host: 'evil.example' } },
    'another Origin': {
      method: 'POST',
      headers: { Origin: 'https://evil.example', 'Content-Type': 'application/json' },
    },
    'another site': { headers: { 'Sec-Fetch-Site': 'cross-site' } },
    'no secret': { headers: {} },
  };
  for (const [name, { method = 'GET', headers }] of Object.entries(cases)) {
    const status = await new Promise((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port, path: '/api/studies', method, headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      sent.on('error', reject).end();
    });
    check(status >= 400 && status < 500, `a request with ${name} gets ${status}`);
  }
}

async function shot(name) {
  if (screenshots) await page.screenshot({ path: join(screenshots, `job-${name}.png`), fullPage: true });
}

async function started() {
  await page.goto(server.url);
  await page.getByRole('heading', { name: 'Nothing here yet' }).waitFor();
  await page.getByRole('main').getByRole('link', { name: 'New study' }).first().click();
  await page.getByRole('button', { name: 'Choose a file' }).waitFor();
  // The first rows, and one that would like to be more than text.
  const rows = readFileSync(data, 'utf8').split('\n').slice(0, 160);
  const hostile = JSON.stringify({
    text: '<img src=x onerror="window.hacked=1">\u0007\u202e',
    label: JSON.parse(rows[0]).label,
  });
  const dropped = join(outside, 'my data.jsonl');
  writeFileSync(dropped, [...rows, hostile].join('\n'));
  await dropFile(page, page.locator('.drop'), dropped);
  await page.getByRole('heading', { name: 'How are the labels spread?' }).waitFor();
  await eventually(() => /data=/.test(page.url()), 'the data are not in the address');
  await shot('inspected');
  await page.getByRole('textbox', { name: 'Minutes' }).fill('2');
  await page.getByRole('button', { name: 'Make the plan' }).click();
  await page.getByRole('heading', { name: 'Settings and ranges' }).waitFor();
  await shot('planned');
  await page.getByRole('button', { name: 'Change Dropout' }).click();
  await page.getByRole('button', { name: /As planned/ }).click();
  await page.getByRole('option', { name: 'Hold at a value' }).click();
  await page.getByRole('textbox', { name: 'Value' }).fill('0');
  await page.getByRole('button', { name: 'Apply' }).click();
  await eventually(() => /fixed=/.test(page.url()), 'what is held is not in the address');
  await page.getByRole('textbox', { name: 'Name of the study' }).fill('first try');
  await page.getByRole('button', { name: 'Start the study' }).click();
  await page.waitForURL(/\/s\/first/);
}

async function steered() {
  await page
    .getByRole('heading', { name: /^Trial \d+/ })
    .first()
    .waitFor({ timeout: 10 * MINUTE });
  await shot('running');
  await page.getByRole('button', { name: 'Pause' }).click();
  const told = page.locator('.command-list');
  await told.getByText('Pause', { exact: true }).waitFor();
  await told.getByText('done', { exact: true }).first().waitFor();
  const tab = await newPage(context, server.base, [/ERR_|Failed to load resource/]);
  await tab.goto(page.url());
  await tab.locator('.command-list').getByText('Pause', { exact: true }).waitFor();
  const { port } = server;
  await server.stop('SIGKILL');
  await page.getByText('No connection to Goldilocks').waitFor();
  server = await startServer(folder, port);
  await page.getByText('No connection to Goldilocks').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Try own values' }).click();
  await page.getByRole('textbox', { name: 'Learning rate' }).fill('0.0015');
  await page.getByRole('button', { name: 'Tell it' }).click();
  await page.getByRole('button', { name: 'Write a note' }).click();
  await page.getByRole('textbox', { name: 'Note' }).fill('from the <b>test</b>');
  await page.getByRole('button', { name: 'Tell it' }).click();
  await page.getByRole('button', { name: 'More time' }).click();
  await page.getByRole('textbox', { name: 'Minutes to add' }).fill('1');
  await page.getByRole('button', { name: 'Tell it' }).click();
  await page
    .locator('section')
    .filter({ has: page.getByRole('heading', { name: 'Steer', exact: true }) })
    .getByRole('button', { name: 'Go on' })
    .click();
  await tab.locator('.command-list').getByText('Add 1 minute').waitFor();
  await told.getByText(/Try Learning rate 0.0015/i).waitFor();
  await shot('steered');
  await tab.close();
}

async function finished() {
  await page.getByRole('link', { name: 'See what is just right' }).waitFor({ timeout: 15 * MINUTE });
  await shot('finished');
  const waiting = page.locator('.command-list').getByText('requested');
  await eventually(async () => (await waiting.count()) === 0, 'commands were never answered');
  await page.getByRole('link', { name: 'Trials' }).click();
  await settled(page);
  const own = page.getByRole('gridcell', { name: '0.0015', exact: true });
  await eventually(async () => (await own.count()) > 0, 'the trial of own values is not there');
  await page.getByRole('link', { name: 'Just right' }).click();
  await page.getByRole('heading', { name: 'Learning rate', exact: true }).waitFor();
}

async function tried() {
  await page.getByRole('link', { name: 'Try it' }).click();
  await page
    .getByRole('button', { name: /^Use this/ })
    .first()
    .click();
  await page.getByRole('button', { name: 'Ask both' }).click();
  await page.getByText('Words that the base model did not say are underlined.').waitFor();
  const answer = page.getByRole('log', { name: 'Tuned model' });
  await eventually(async () => (await answer.innerText()).trim() !== '', 'the tuned model answers nothing');
  await shot('tried');
  check((await page.evaluate(() => window.hacked)) === undefined, 'text of data became markup');
}

/** Every format and every precision, each to its end. */
async function takenAway() {
  await page.getByRole('link', { name: 'Take it away' }).click();
  await page.getByRole('heading', { name: 'Formats', exact: true }).waitFor();
  const output = await page.locator('main p code').first().innerText();
  const exported = [
    ['Merged model (safetensors)', null, 'safetensors', /model\.safetensors$/],
    ['Merged model (safetensors)', '16 bits (bfloat)', 'safetensors-bf16', /model\.safetensors$/],
    ['GGUF', null, 'gguf', /\.gguf$/],
    ['GGUF', '8 bits', 'gguf-q8_0', /\.gguf$/],
    ['ONNX', null, 'onnx', /_quantized\.onnx$/],
  ];
  for (const [title, precision, ending, file] of exported) {
    const name = `${output}-${ending}`;
    const card = page.locator('article').filter({ has: page.getByRole('heading', { name: title, exact: true }) });
    if (precision) {
      await card.getByRole('button', { name: /^\d+ bits/ }).click();
      await page.getByRole('option', { name: precision, exact: true }).click();
    }
    await card.getByRole('button', { name: 'Export' }).click();
    const row = page.getByRole('listitem').filter({ has: page.getByText(name, { exact: true }) });
    await row.getByText('done', { exact: true }).waitFor();
    const files = existsSync(join(folder, name)) ? readdirSync(join(folder, name), { recursive: true }) : [];
    check(
      files.some((path) => file.test(path)),
      `the export ${name} holds ${files.join(', ')}`,
    );
  }
  await shot('taken');
}
