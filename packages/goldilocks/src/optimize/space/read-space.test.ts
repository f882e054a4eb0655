import { describe, expect, it } from 'vitest';
import { UserError } from '../../errors.js';
import { parseSpace, readSpace } from './read-space.js';

const lr = { type: 'float', low: 1e-5, high: 1e-2, log: true };
const withParameters = (parameters: object, more: object = {}) => JSON.stringify({ parameters, ...more });

describe('a space file that cannot be used is refused with its place and a remedy', () => {
  it.each<[string, string, RegExp]>([
    ['no JSON', '{', /space\.json is not JSON/],
    ['no object', '[]', /space\.json: .*expected object/],
    ['nothing to search', withParameters({}), /parameters is empty/],
    ['an unknown setting', withParameters({ lr }, { trials: 3 }), /no setting «trials»/],
    [
      'an unknown setting of a parameter',
      withParameters({ lr: { ...lr, lo: 1 } }),
      /parameters\.lr: there is no setting «lo»/,
    ],
    ['an unknown type', withParameters({ lr: { type: 'double' } }), /parameters\.lr.*"float", "int" or "categorical"/],
    ['a missing bound', withParameters({ lr: { type: 'float', low: 1 } }), /parameters\.lr\.high: /],
    ['text for a number', withParameters({ lr: { ...lr, low: '1e-5' } }), /parameters\.lr\.low: .*number/],
    ['low above high', withParameters({ lr: { ...lr, low: 1 } }), /parameters\.lr: .*low/],
    ['log from 0', withParameters({ lr: { ...lr, low: 0 } }), /parameters\.lr: .*log needs low > 0/],
    ['log and step', withParameters({ lr: { ...lr, step: 0.1 } }), /parameters\.lr: .*both log and step/],
    ['recommended outside', withParameters({ lr: { ...lr, recommended: 1 } }), /parameters\.lr: .*recommended/],
    ['no choices', withParameters({ o: { type: 'categorical', choices: [] } }), /parameters\.o\.choices/],
    ['a reserved name', withParameters({ trial: lr }), /parameters\.trial: the name is taken/],
    ['a name with spaces', withParameters({ 'a b': lr }), /parameters\.a b: a name must begin with a letter/],
    ['control characters in a name', withParameters({ 'a\x1b[31mb': lr }), /parameters\.ab: a name must/],
    ['a shared variable', withParameters({ 'a.b': lr, a_b: lr }), /GOLDILOCKS_PARAM_A_B with «a\.b»/],
    [
      'a condition on nothing',
      withParameters({ lr: { ...lr, when: { x: 1 } } }),
      /when names «x», which is not a parameter/,
    ],
    [
      'a foreign choice',
      withParameters({ o: { type: 'categorical', choices: ['a'] }, lr: { ...lr, when: { o: ['b'] } } }),
      /none of its choices/,
    ],
    [
      'conditions in a circle',
      withParameters({ a: { ...lr, when: { b: 1 } }, b: { ...lr, when: { a: 1 } } }),
      /go round in a circle/,
    ],
    [
      'a metric twice',
      withParameters({ lr }, { objectives: [{ metric: 'a' }, { metric: 'a' }] }),
      /«a» is there twice/,
    ],
    [
      'a constraint without a limit',
      withParameters({ lr }, { constraints: [{ metric: 'a' }] }),
      /constraints\.0: give min, max or both/,
    ],
    [
      'a bad pattern',
      withParameters({ lr }, { metrics: { from: 'pattern', pattern: '(' } }),
      /metrics\.pattern: .*Unterminated/,
    ],
    [
      'a pattern without names',
      withParameters({ lr }, { metrics: { from: 'pattern', pattern: 'a' } }),
      /no named group/,
    ],
    ['a foreign source', withParameters({ lr }, { metrics: { from: 'wandb' } }), /metrics/],
    ['__proto__', '{"parameters": {"__proto__": {"type": "float", "low": 0, "high": 1}}}', /parameters/],
  ])('%s', (_, text, message) => {
    expect(() => parseSpace(text, 'space.json')).toThrow(UserError);
    expect(() => parseSpace(text, 'space.json')).toThrow(message);
  });

  it('a missing file, and a folder', async () => {
    await expect(readSpace('/no/such.json')).rejects.toThrow(/\/no\/such\.json cannot be read: there is no such file/);
    await expect(readSpace('/')).rejects.toThrow(/it is a folder/);
  });
});

it('a whole one is read', () => {
  const space = parseSpace(
    withParameters(
      {
        optimizer: { type: 'categorical', choices: ['sgd', 'adamw', { name: 'lion' }, null, 3] },
        momentum: { type: 'float', low: 0, high: 0.99, when: { optimizer: ['sgd'] } },
        layers: { type: 'int', low: 2, high: 12, step: 2, recommended: 6, confidence: 0.7 },
      },
      {
        objectives: [
          { metric: 'loss', value: 'best' },
          { metric: 'f1', direction: 'maximize' },
        ],
        $schema: 'x',
      },
    ),
    'space.json',
  );
  expect(Object.keys(space.parameters)).toEqual(['optimizer', 'momentum', 'layers']);
});
