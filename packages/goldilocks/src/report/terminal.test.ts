import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { exampleReport } from '../../test/example-report.js';
import { painterFor } from '../terminal/painter.js';
import { reportText } from './terminal.js';

const plain = painterFor({ isTTY: false, write() {} }, {});
const colored = painterFor({ isTTY: true, write() {} }, {});
const report = exampleReport();

describe('the report on a terminal', () => {
  test('says what a person reads at the end', () => {
    const text = reportText(report, { width: 100, paint: plain });
    for (const score of ['9.3 %', '81.5 %', '86.1 %']) expect(text).toContain(score);
    for (const { title } of report.hyperparameters) expect(text).toContain(title);
    for (const { prompt } of report.examples) expect(text).toContain(prompt.slice(0, 40));
    for (const { path } of report.files) expect(text).toContain(path);
    expect(text).toContain('goldilocks chat goldilocks-result/model --base');
  });

  test.each([40, 60, 80, 100, 200])('fits %i columns, up to long names', (width) => {
    const tooLong = reportText(report, { width, paint: plain })
      .split('\n')
      .filter(
        (line) => stringWidth(line) > width && !line.includes('goldilocks-result') && !line.includes('goldilocks chat'),
      );
    expect(tooLong).toEqual([]);
  });

  test('differs by nothing but colour', () => {
    const escapes = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g');
    const painted = reportText(report, { width: 80, paint: colored });
    expect(painted).toMatch(escapes);
    expect(painted.replace(escapes, '')).toBe(reportText(report, { width: 80, paint: plain }));
  });

  test('strips control characters of what comes from data', () => {
    const evil = '\u001b]0;title\u0007\u001b[2Jtext\r\n\u202eback';
    const examples = [{ prompt: evil, expected: evil, base: evil, tuned: '', baseCorrect: false, tunedCorrect: null }];
    const verdict = { ...report.verdict, headline: evil, sentence: evil };
    const files = [{ path: evil, title: evil }];
    const text = reportText({ ...report, examples, verdict, files, warnings: [evil] }, { width: 80, paint: plain });
    expect(/(?!\n)[\p{Cc}\p{Cf}]/u.exec(text)).toBeNull();
  });
});
