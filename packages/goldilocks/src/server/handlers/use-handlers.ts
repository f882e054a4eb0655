// Routes of the tuned model: tried beside its base, its mistakes, and taken away.
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import { HttpError } from '../../http/http-error.js';
import { runCommand } from '../../journey/report/command.js';
import { freeOutput } from '../../state/output.js';
import { relocate } from '../../state/relocate.js';
import { baseOf } from '../../use/tuned-model.js';
import type { Handlers } from '../route-types.js';
import type { StudyView } from '../study/study-view.js';
import type { ServerPlace } from '../workplace.js';
import { ChatHost } from '../workspace/chat-host.js';
import { confusionOf } from '../workspace/confusion.js';
import { insideWorkspace } from '../workspace/data-files.js';
import { Exports, formatsOf } from '../workspace/exports.js';
import type { Inspections } from '../workspace/inspections.js';
import { snippetsFor } from '../workspace/snippets.js';
import { inspectStudy } from './data-handlers.js';

type Names = 'heldOut' | 'answer' | 'confusion' | 'takeaway' | 'export';

export interface UseHandlers {
  readonly routes: Pick<Handlers, Names>;
  close(): Promise<void>;
}

export function useHandlers({ folder, book, pulse }: ServerPlace, inspections: Inspections): UseHandlers {
  const chats = new ChatHost();
  const exports = new Exports(folder, (study, job) => pulse.tell({ type: 'export', study, job }));
  const hashes = new Map<string, string>();

  const routes: UseHandlers['routes'] = {
    async heldOut({ path, query, signal }) {
      const { data } = await inspectStudy(await book.find(path.study), inspections, signal);
      const { offset, limit } = query;
      const examples = data.splits.test.slice(offset, offset + limit).map((index) => {
        const { text, target } = data.rows[index]!;
        return { index, prompt: text, expected: target };
      });
      return { total: data.splits.test.length, examples };
    },
    async answer({ path, body, signal }, tell) {
      const output = modelOf(await book.find(path.study));
      const { prompt, models = ['tuned', 'base'], ...options } = body;
      const folders = { tuned: output, base: await baseOf(output) };
      await chats.use(output, async (session) => {
        for (const model of ['tuned', 'base'] as const) {
          if (!models.includes(model) || signal.aborted) continue;
          const name = basename(folders[model]);
          await tell({ type: 'started', model, name, hash: await hashOf(folders[model], hashes) });
          const began = performance.now();
          let told: Promise<unknown> = Promise.resolve();
          const onPiece = (_: unknown, text: string) => {
            told = told.then(() => tell({ type: 'piece', model, text })).catch(() => undefined); // the client is gone
          };
          const [answer] = await session.say(prompt, onPiece, { ...options, models: [model], signal });
          await told;
          const seconds = (performance.now() - began) / 1000;
          await tell({ type: 'answer', model, text: answer?.text ?? '', seconds });
        }
      });
      await tell({ type: 'done' });
    },
    async confusion({ path, signal }) {
      const view = await book.find(path.study);
      const hasLabels = view.journey?.test?.found.answers?.kind === 'label';
      return confusionOf(view, hasLabels ? await inspectStudy(view, inspections, signal) : undefined);
    },
    async takeaway({ path }) {
      const view = await book.find(path.study);
      const { journey, key } = view;
      const output = journey?.report === undefined ? null : outputOf(view);
      const report = journey?.report;
      const shown = output === null ? '' : relative(folder, output) || output;
      const template = report?.reproduce.template ?? 'plain';
      const example = report?.examples[0]?.prompt ?? 'Hello';
      return {
        output: output === null ? null : shown,
        formats: formatsOf(output),
        exports: [...exports.of(key)],
        snippets:
          report === undefined || output === null
            ? []
            : snippetsFor({
                ...{ output: shown, base: report.baseModel.name, template, example: example.slice(0, 200) },
                hasAdapter: existsSync(join(output, 'adapter')),
              }),
        reproduce: report?.reproduce.command ?? (journey === undefined ? '' : runCommand(journey.settings)),
      };
    },
    async export({ path, body }) {
      const view = await book.find(path.study);
      const output = modelOf(view);
      const name = [relative(folder, output), body.format, ...(body.dtype ? [body.dtype.toLowerCase()] : [])].join('-');
      const out = insideWorkspace(folder, body.out ?? (await freeOutput(folder, name)));
      return exports.start(view.key, output, body, out);
    },
  };
  return {
    routes,
    async close() {
      exports.close();
      await chats.close();
    },
  };
}

function outputOf({ journey }: StudyView): string {
  return resolve(relocate(journey!.settings, journey!.workingDirectory).out);
}

/** The folder of the tuned model. @throws HttpError 404 before there is one */
function modelOf(view: StudyView): string {
  const { journey, study } = view;
  if (journey?.report === undefined) {
    throw new HttpError(
      404,
      `The study «${study.name}» has no tuned model yet.`,
      'It comes when the study is finished.',
    );
  }
  const output = outputOf(view);
  if (existsSync(join(output, 'config.json'))) return output;
  throw new HttpError(404, `The model of «${study.name}» is not in ${output} any more.`, 'Put the folder back.');
}

/** SHA-256 of the weights, reckoned once: the page names each model by it. */
async function hashOf(folder: string, known: Map<string, string>): Promise<string> {
  const file = join(folder, 'model.safetensors');
  if (!existsSync(file)) return '';
  const { mtimeMs, size } = await stat(file);
  const key = `${file} ${mtimeMs} ${size}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  const found = hash.digest('hex');
  known.set(key, found);
  return found;
}
