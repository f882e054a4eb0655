import { expect, test } from 'vitest';
import { csv } from './drawing.js';

test('CSV quotes what must be quoted, leaves out what is missing, and starts no formula', () => {
  const columns = [{ title: 'trial' }, { title: 'a, b' }];
  const rows = [
    [1, 'say "hi"\nthere'],
    [-2, '=HYPERLINK("x")'],
    [null, '-1'],
  ];
  expect(csv({ columns, rows })).toBe(
    ['trial,"a, b"', '1,"say ""hi""\nthere"', '-2,"\'=HYPERLINK(""x"")"', ",'-1", ''].join('\r\n'),
  );
});
