import { expect, test } from 'vitest';
import { defaultSettings } from '../settings.js';
import { type CardData, cardInFormat, modelCard } from './model-card.js';

const card: CardData = {
  name: 'Feedback',
  base: 'goldilocks/small',
  baseHash: 'beef',
  license: 'apache-2.0',
  languages: ['en'],
  data: { hash: 'cafe', trainExamples: 600, validationExamples: 75, testExamples: 75 },
  settings: { ...defaultSettings, freezing: { layers: 2, embeddings: true, unfreeze: 'gradual', layerwiseDecay: 0.5 } },
  scores: [
    { metric: 'accuracy', split: 'test', base: 0.1, recommended: 0.8123456, found: 0.85, interval: [0.81, 0.89] },
    { metric: 'loss', split: 'test', found: 0.4 },
  ],
  retention: { before: 2.5, after: 2.61, text: 'dictionary glosses' },
  reproduce: 'goldilocks train feedback.jsonl --seed 0',
  versions: { goldilocks: '0.1.0' },
};

test('says where the model comes from, its seven hyperparameters, scores, retention and how to make it again', () => {
  const text = modelCard(card, 'merged');
  expect(text).toMatch(
    /^---\nlicense: "apache-2.0"\nbase_model: "goldilocks\/small"\nbase_model_relation: finetune\nlibrary_name: transformers\n/,
  );
  const rows = [
    '| Base model | goldilocks/small (sha256 `beef`) |',
    '| Data | 600 training, 75 validation, 75 test examples (sha256 `cafe`) |',
    '| accuracy (test) | 0.1 | 0.8123 | 0.85 (95 %: 0.81 to 0.89) |',
    '| loss (test) | not measured | not measured | 0.4 |',
    '| Learning rate | 0.00005 |',
    '| Batch size (effective) | 16 |',
    '| Epochs | 3 |',
    '| Dropout | 0 |',
    '| Weight decay | 0.01 |',
    '| Learning-rate schedule | cosine, warm-up 0.05 of the steps |',
    "| Frozen layers | the lowest 2, embeddings frozen, unfrozen gradually from the top, each layer's rate 0.5 of the one above |",
  ];
  for (const row of rows) expect(text).toContain(row);
  expect(text).toContain('mean loss on dictionary glosses was 2.5 before and is 2.61 after training');
  expect(text).toContain('    goldilocks train feedback.jsonl --seed 0');
});

test('an adapter is loaded onto its base', () => {
  const text = modelCard({ ...card, settings: { ...card.settings, method: 'lora' } }, 'adapter');
  expect(text).toContain('library_name: peft');
  expect(text).toContain('base = AutoModelForCausalLM.from_pretrained("goldilocks/small")');
});

test('says what it was measured over, where matrices were kept in fewer bits', () => {
  const rounded: CardData = { ...card, settings: { ...card.settings, method: 'lora', basePrecision: '4bit' } };
  const merged = modelCard(rounded, 'merged');
  expect(merged).toContain('| Frozen matrices | 4 bits (NF4) |');
  expect(merged).toContain('measured over matrices of goldilocks/small rounded to 4 bits (NF4), and holds these.');
  expect(modelCard(rounded, 'adapter')).toContain('over the base model as it is, the scores differ a little');
});

test('names from outside stay inside their cell and their quotes', () => {
  const text = modelCard({ ...card, name: 'a\n---\n# b', base: 'x"\nlicense: mit | <script>`' }, 'merged');
  expect(text.split('\n').filter((line) => line.startsWith('license:'))).toHaveLength(1);
  expect(text).toContain('# a --- # b\n');
  const body = text.split('\n---\n').at(-1)!;
  expect(body).not.toMatch(/(?<!\\)<script/);
  expect(body).not.toMatch(/mit (?<!\\)\|/);
});

test('in another format it says another way to load the model, and all else stays', () => {
  const merged = modelCard(card, 'merged');
  expect(cardInFormat(merged, 'gguf', 'x')).toBe(modelCard(card, 'gguf'));
  expect(cardInFormat('# Other\n', 'gguf', 'x')).toMatch(/^# Other\n\n## Use\n\n```sh\nollama create /);
});
