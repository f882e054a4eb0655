// A day of live updates in a real browser: a running study's page gets an event a second, and a new answer for as many as it gets
// through, with its time sped up. Afterwards it must hold no more memory, elements or listeners than early on.
//
// usage: node packages/dashboard/test/browser/day.mjs FOLDER STUDY [EVENTS]
// FOLDER holds .goldilocks with the finished STUDY, which is shown as if it ran. EVENTS: default 86400, a day's.
import { createServer, request } from 'node:http';
import { check, eventually, finish, newPage, secretOf, settled, startBrowser, startServer } from './lib.mjs';

const [folder, study, events = '86400'] = process.argv.slice(2);
const count = Number(events);
/** Of the page's timers. */
const SPEED = 1000;
const MB = 1e6;

const server = await startServer(folder);
const browser = await startBrowser();
const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
let sent = 0;
let answered = 0;
/** How many events were sent, and questions answered, when that was last looked at. */
let asked = { events: 0, answers: 0 };
let live;

const { overview, trial } = await answers();
const proxy = await between();
const page = await newPage(context, proxy.base);
await page.addInitScript((speed) => {
  // Delays of a few seconds are those between an event and what follows it; longer ones watch over the connection.
  const wait = window.setTimeout;
  window.setTimeout = (act, ms = 0, ...rest) => wait(act, ms <= 5000 ? ms / speed : ms, ...rest);
}, SPEED);
await page.goto(proxy.opening);
await page.goto(`${proxy.base}/s/${encodeURIComponent(study)}`);
await settled(page);
await page
  .getByRole('heading', { name: /^Trial \d+/ })
  .first()
  .waitFor();

const early = Math.round(count / 5);
await send(early);
const before = await held();
await send(count - early);
let after = await held();
// What is only about to be thrown away goes in time; what is kept stays however often one looks.
for (let looks = 1; looks < 10 && grown().length > 0; looks++) after = await held();
console.log(`  ${count} events, ${answered} answers: ${text(before)} after a fifth, ${text(after)} at the end`);
for (const problem of grown()) check(false, problem);

await browser.close();
proxy.close();
await server.stop();
finish('A day of live updates');

function grown() {
  const bounds = {
    bytes: before.bytes * 1.1 + 2 * MB,
    nodes: before.nodes * 1.1 + 200,
    listeners: before.listeners * 1.1 + 50,
  };
  const over = Object.keys(bounds).filter((what) => after[what] > bounds[what]);
  return over.map((what) => `${what} grew from ${text(before)} to ${text(after)}`);
}

/** What the server says of the study, to be shown as if it ran. */
async function answers() {
  const first = await newPage(context, server.base);
  await first.goto(server.url);
  await first.getByRole('heading', { name: 'Studies', exact: true }).waitFor();
  const headers = await secretOf(first);
  const api = `${server.base}/api/studies/${encodeURIComponent(study)}`;
  const json = async (path) => (await first.request.get(api + path, { headers })).json();
  const found = { overview: await json(''), trial: await json('/trials/0') };
  await first.close();
  return found;
}

/** The real server, but for the news and the overview, which are a running study's. */
async function between() {
  const proxy = createServer((question, answer) => {
    if (question.url.startsWith('/api/news')) return begin(answer);
    if (question.url === `/api/studies/${encodeURIComponent(study)}`) return void answer.end(JSON.stringify(running()));
    const headers = { ...question.headers, host: `127.0.0.1:${server.port}` };
    if (headers.origin) headers.origin = server.base;
    const passed = request({ port: server.port, path: question.url, method: question.method, headers }, (real) => {
      answer.writeHead(real.statusCode, real.headers);
      real.pipe(answer);
    });
    question.pipe(passed);
  });
  await new Promise((done) => proxy.listen(0, '127.0.0.1', done));
  const base = `http://127.0.0.1:${proxy.address().port}`;
  return { base, opening: base + (await reopened()), close: () => proxy.closeAllConnections() ?? proxy.close() };
}

/** The token was used; what it was exchanged for is the first page's, and belongs to this origin now. */
async function reopened() {
  const [{ localStorage }] = (await context.storageState()).origins;
  await context.addInitScript((entries) => {
    for (const { name, value } of entries) localStorage.setItem(name, value);
  }, localStorage);
  return '/';
}

function begin(answer) {
  answer.writeHead(200, { 'Content-Type': 'text/event-stream' });
  answer.write('data: {"type":"alive"}\n\n');
  live = answer;
}

/** The trial's curve up to where it is by now, over and over, the newest three hundred points as the server sends them. */
function running() {
  answered++;
  const { training } = trial.curves;
  const step = 1 + (sent % training.length);
  const curves = { ...trial.curves, training: training.slice(Math.max(0, step - 300), step) };
  const now = new Date().toISOString();
  const message = { seq: sent, at: now, level: 'info', text: `event ${sent}` };
  const run = { trial: 0, purpose: 'search', params: trial.params, changed: [], step, totalSteps: training.length };
  return {
    ...overview,
    summary: { ...overview.summary, state: 'running' },
    seq: sent,
    hasReport: false,
    secondsLeft: 86_400 - (sent % 86_400),
    messages: [...overview.messages, message].slice(-100),
    running: [{ ...run, startedAt: now, memoryBytes: 5e8 + sent, curves }],
  };
}

/** A thousand a second: a day in a minute and a half; slower where the page is, which must have asked after each thousand. */
async function send(events) {
  for (const end = sent + events; sent < end; ) {
    if (sent >= asked.events + 1000) await askedAgain();
    const lines = [];
    for (let i = 0; i < 20 && sent < end; i++) {
      sent++;
      const event = { type: 'message', level: 'info', text: `event ${sent}` };
      const logged = { seq: sent, at: new Date().toISOString(), event };
      lines.push(`id: ${sent}\ndata: ${JSON.stringify({ type: 'event', study, logged })}\n\n`);
      if (sent % 60 === 0) lines.push(`data: ${JSON.stringify({ type: 'trials', study, revision: String(sent) })}\n\n`);
    }
    if (!live.write(lines.join(''))) await new Promise((go) => live.once('drain', go));
    await new Promise((done) => setTimeout(done, 20));
  }
}

/** Resolves when the page has asked since it did last. */
async function askedAgain() {
  await eventually(() => answered > asked.answers, `the page asks no more after ${sent} events`);
  asked = { events: sent, answers: answered };
}

async function held() {
  await page.waitForTimeout(1000);
  const session = await context.newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize: bytes } = await session.send('Runtime.getHeapUsage');
  const { nodes, jsEventListeners: listeners } = await session.send('Memory.getDOMCounters');
  await session.detach();
  return { bytes, nodes, listeners };
}

function text({ bytes, nodes, listeners }) {
  return `${(bytes / MB).toFixed(1)} MB, ${nodes} elements, ${listeners} listeners`;
}
