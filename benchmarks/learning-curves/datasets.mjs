// The examples behind the curves: subsets of the shipped data, so small that a run takes seconds.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const datasets = {
  feedback: { file: 'examples/feedback/feedback.jsonl', train: 128, validation: 40 },
  formal: { file: 'examples/formal/formal.jsonl', train: 96, validation: 24 },
};

/** Usable rows in the file's order, each once, as a prompt and what should follow. */
export function rowsOf(name, root) {
  const lines = readFileSync(join(root, datasets[name].file), 'utf8').split('\n');
  const rows = lines.flatMap((line) => {
    const row = parsed(line);
    const prompt = row?.text ?? row?.prompt;
    const completion = row?.label ?? row?.completion;
    return prompt && completion ? [{ prompt: `${prompt}\n`, completion }] : [];
  });
  return [...new Map(rows.map((row) => [row.prompt, row])).values()];
}

/** The data files hold broken lines on purpose. */
function parsed(line) {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
