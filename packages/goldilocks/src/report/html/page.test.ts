import type { Report } from '@goldilocks/protocol';
import { describe, expect, test } from 'vitest';
import { exampleReport } from '../../../test/example-report.js';
import { reportHtml } from './page.js';

const report = exampleReport();
const page = reportHtml(report);

describe('the page', () => {
  test('loads nothing and runs nothing', () => {
    expect(/<script|<link|<iframe|<img|@import|url\((?!#)|\son[a-z]+=/i.exec(page)).toBeNull();
    const addresses = [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address);
    // Only links to sources, which wait for a click.
    expect(addresses.every((address) => address!.startsWith('https://arxiv.org/'))).toBe(true);
    expect(page.includes("default-src 'none'")).toBe(true);
  });

  test('is the same for the same report', () => {
    expect(reportHtml(report) === page).toBe(true);
  });

  test('shows the three scores, the seven and the examples', () => {
    for (const text of ['9.3 %', '81.5 %', '86.1 %', 'I was charged twice']) expect(page.includes(text)).toBe(true);
    for (const { title } of report.hyperparameters) expect(page.includes(`>${title}<`)).toBe(true);
  });

  test('names every picture and puts its numbers behind it', () => {
    const pictures = page.match(/<svg[^>]*>/g)!.filter((tag) => !tag.includes('aria-hidden'));
    expect(pictures.length).toBeGreaterThan(8);
    for (const tag of pictures) expect(tag).toMatch(/role="img" aria-label="[^"]{20,}"/);
    expect(page.match(/<figure>/g)!.length).toBe(page.match(/<summary>Numbers:/g)!.length);
  });

  test('has no id twice, and nothing refers to an id that is not there', () => {
    const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id!);
    expect(new Set(ids).size).toBe(ids.length);
    const references = [...page.matchAll(/aria-labelledby="([^"]+)"|url\(#([^)]+)\)/g)].map(([, a, b]) => a ?? b!);
    for (const reference of references) expect(ids).toContain(reference);
  });

  test('draws in the colours of the theme', () => {
    expect(/#0101\d\d|rgba?\(1,\s*1,/.exec(page)).toBeNull();
    expect(page.includes('var(--recommended)')).toBe(true);
  });
});

test('what comes from data stays text', () => {
  const evil = '</style><script>alert(1)</script>"\' onload=x \u202e\u001b[31m';
  const hostile: Report = {
    ...report,
    study: evil,
    verdict: { ...report.verdict, headline: evil },
    data: { ...report.data, file: evil, problems: [{ kind: 'x', count: 1, sentence: evil }] },
    task: { ...report.task, objective: { ...report.task.objective, title: evil } },
    examples: [{ prompt: evil, expected: evil, base: evil, tuned: evil, baseCorrect: null, tunedCorrect: null }],
    adjustments: [{ ...report.adjustments[0]!, source: { title: evil, url: 'javascript:alert(1)' } }],
    scores: { ...report.scores, baselines: [{ ...report.scores.baselines[0]!, title: evil }] },
    warnings: [evil],
  };
  const text = reportHtml(hostile);
  expect(/<script|javascript:|\p{Cf}|(?!\n)\p{Cc}/u.exec(text)).toBeNull();
  expect(text.match(/<\/style>/g)!.length).toBe(page.match(/<\/style>/g)!.length);
});

test('a report with little in it still makes a page', () => {
  const bare: Report = {
    ...report,
    otherSettings: [],
    adjustments: [],
    trials: [],
    noise: null,
    learningCurves: [
      { ...report.learningCurves[0]!, training: [], validation: [], bestStep: null, gap: null, learningRate: [] },
    ],
    confirmation: null,
    retention: null,
    examples: [],
    diagnoses: [],
    files: [],
    next: [],
    warnings: [],
    hyperparameters: report.hyperparameters.map((h) => ({
      ...h,
      points: [],
      zone: null,
      importance: null,
      verdict: 'uncertain' as const,
    })),
  };
  const text = reportHtml(bare);
  expect(/.{40}(NaN|Infinity|undefined)/.exec(text)).toBeNull();
});
