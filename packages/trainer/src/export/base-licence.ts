// The licence of a base model, which governs what is made from it too.
import { join } from 'node:path';
import type { BaseModel } from '../models/base-model.js';
import { isGgufFile } from '../models/model-source.js';
import { readTextFile } from '../text/json-file.js';
import { GgufFile } from '../weights/gguf/gguf-file.js';
import type { CardData } from './model-card.js';

const maxCardBytes = 1_000_000;

/** The card with the base's licence, where it does not name one. */
export function withLicence(card: CardData, { directory }: BaseModel): CardData {
  return card.license === undefined ? { ...card, license: licenceOf(directory) } : card;
}

/** As the front matter of the base's model card, or its GGUF file, names it; undefined where neither does. */
function licenceOf(base: string): string | undefined {
  if (isGgufFile(base)) return GgufFile.open(base).keys.optionalText('general.license');
  const card = readTextFile(join(base, 'README.md'), maxCardBytes) ?? '';
  const front = /^---\n([\s\S]*?)\n---/.exec(card)?.[1] ?? '';
  return /^license:\s*["']?([\w.-]{1,80})/m.exec(front)?.[1];
}
