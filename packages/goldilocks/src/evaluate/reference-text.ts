// Text like what a base model was pretrained on: how well the model knows it, before and after, shows what it forgot.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors.js';

/** Of the public domain: Lincoln at Gettysburg (1863), Melville's Moby-Dick (1851), Austen's Pride and Prejudice (1813). */
const builtIn = [
  'Four score and seven years ago our fathers brought forth on this continent, a new nation, conceived in Liberty, and dedicated to the proposition that all men are created equal. Now we are engaged in a great civil war, testing whether that nation, or any nation so conceived and so dedicated, can long endure. We are met on a great battle-field of that war.',
  'We have come to dedicate a portion of that field, as a final resting place for those who here gave their lives that that nation might live. It is altogether fitting and proper that we should do this. But, in a larger sense, we can not dedicate, we can not consecrate, we can not hallow this ground.',
  'The brave men, living and dead, who struggled here, have consecrated it, far above our poor power to add or detract. The world will little note, nor long remember what we say here, but it can never forget what they did here.',
  'Call me Ishmael. Some years ago, never mind how long precisely, having little or no money in my purse, and nothing particular to interest me on shore, I thought I would sail about a little and see the watery part of the world. It is a way I have of driving off the spleen and regulating the circulation.',
  'There now is your insular city of the Manhattoes, belted round by wharves as Indian isles by coral reefs; commerce surrounds it with her surf. Right and left, the streets take you waterward. Its extreme downtown is the battery, where that noble mole is washed by waves, and cooled by breezes, which a few hours previous were out of sight of land.',
  'It is a truth universally acknowledged, that a single man in possession of a good fortune, must be in want of a wife. However little known the feelings or views of such a man may be on his first entering a neighbourhood, this truth is so well fixed in the minds of the surrounding families, that he is considered as the rightful property of some one or other of their daughters.',
];

/** Characters of one piece: a few hundred tokens, so that it fits every model. */
const pieceLength = 600;
const mostPieces = 24;

export interface ReferenceText {
  /** Whose text it is, in words. */
  origin: string;
  pieces: string[];
}

/** The model's own `reference.txt` where its directory has one, else a few paragraphs of the public domain. */
export async function referenceText(modelDirectory: string): Promise<ReferenceText> {
  try {
    const pieces = (await ownPieces(modelDirectory)).slice(0, mostPieces);
    if (pieces.length > 0) return { origin: "the base model's own reference text", pieces };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return { origin: 'English prose of the public domain', pieces: builtIn };
}

const ownPieces = async (modelDirectory: string) => cut(await readFile(join(modelDirectory, 'reference.txt'), 'utf8'));

/**
 * Pieces of text to replay in training: of this file, or of the model's own `reference.txt` those that nothing is measured on.
 * @throws UserError where there are none
 */
export async function replayText(modelDirectory: string, file?: string): Promise<string[]> {
  try {
    const pieces =
      file === undefined ? (await ownPieces(modelDirectory)).slice(mostPieces) : cut(await readFile(file, 'utf8'));
    if (pieces.length > 0) return pieces;
  } catch (error) {
    if (file !== undefined)
      throw new UserError(`The text to replay, ${file}, cannot be read: ${(error as Error).message}.`);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const problem =
    file === undefined
      ? 'The base model brings no text along that could be replayed'
      : `${file} holds no text to replay`;
  throw new UserError(`${problem}. Give a file of plain text with --replay-text.`);
}

/** Pieces of about equal length, cut at the ends of lines or sentences where there are any. */
function cut(text: string): string[] {
  const pieces: string[] = [];
  let piece = '';
  for (const sentence of text.split(/(?<=[.!?]\s|\n)/)) {
    if (piece.length + sentence.length > pieceLength && piece !== '') {
      pieces.push(piece.trim());
      piece = '';
    }
    piece += sentence;
  }
  return [...pieces, piece.trim()].filter((each) => each !== '').map((each) => each.slice(0, 2 * pieceLength));
}
