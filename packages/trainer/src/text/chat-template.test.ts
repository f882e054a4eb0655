import { describe, expect, test } from 'vitest';
import { TextError } from '../errors.js';
import { ChatTemplate } from './chat-template.js';
import { withTimeLimit } from './time-limit.js';

const user = [{ role: 'user', content: 'hello' }] as const;
const render = (source: string) => new ChatTemplate(source, { bos_token: '<s>' }).render(user);

test('has the special tokens and the messages', () => {
  expect(render('{{ bos_token }}{{ messages[0].content }}{% if tools %}x{% endif %}')).toBe('<s>hello');
});

test("range is Python's", () => {
  const numbers = (call: string) => render(`{% for i in ${call} %}{{ i }} {% endfor %}`).trim();
  expect(numbers('range(3)')).toBe('0 1 2');
  expect(numbers('range(1, 4)')).toBe('1 2 3');
  expect(numbers('range(5, 0, -2)')).toBe('5 3 1');
  expect(numbers('range(4, 1)')).toBe('');
});

test('the clock stands still, so that tokens do not depend on the day', () => {
  expect(render("{{ strftime_now('%d %b %Y') }}")).toBe('26 Jul 2024');
});

describe('a hostile or broken template is an error', () => {
  test.each([
    [
      'endless loops',
      '{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}',
      /did not end within 1 seconds/,
    ],
    ['an endless list', '{% for i in range(10 ** 9) %}{% endfor %}', /could not/],
    ['a huge range', '{% for i in range(1000000000) %}{% endfor %}', /range\(\) of more than/],
    ['a step of zero', '{% for i in range(0, 1, 0) %}{% endfor %}', /range\(\) of more than/],
    ['its own complaint', "{{ raise_exception('Roles must alternate') }}", /Roles must alternate/],
    ['bad syntax', '{% for %}', /could not be parsed/],
    ['an unclosed block', '{% if true %}', /could not be parsed/],
    ['recursion', '{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}', /could not|did not end/],
    ['size', 'x'.repeat(1_000_001), /1000001 characters/],
    ['reaching for the constructor', "{{ messages.constructor.constructor('return process')() }}", /could not/],
  ])('%s', (_, source, message) => {
    expect(() => render(source)).toThrow(TextError);
    expect(() => render(source)).toThrow(message);
  });

  test.each([
    ['another file', "{% include '/etc/passwd' %}"],
    ['another template', "{% import 'os' as os %}{{ os }}"],
    ['a parent', "{% extends '/etc/passwd' %}"],
    ['the process', '{{ process.env }}{{ process.exit(1) }}'],
    ['modules', "{{ require('node:fs').readFileSync('/etc/passwd') }}"],
    ['the global object', '{{ globalThis.process.env.PATH }}'],
    ['Python by its objects', "{{ ''.__class__.__mro__[1].__subclasses__() }}"],
    ['Python by its globals', '{{ range.__globals__ }}{{ cycler.__init__.__globals__.os.popen("id").read() }}'],
    ['an attribute that leads out', '{{ messages["__proto__"]["constructor"]["constructor"]("return 1")() }}'],
  ])('reaches nothing outside: %s', (_, source) => {
    let text = '';
    try {
      text = render(source);
    } catch (error) {
      expect(error).toBeInstanceOf(TextError);
    }
    expect(text.replaceAll(/[[\]{}"]|undefined|null/g, '').trim()).toBe('');
  });

  test('output without end', () => {
    const doubling =
      "{% set ns = namespace(x='aaaaaaaaaa') %}{% for i in range(40) %}{% set ns.x = ns.x + ns.x %}{% endfor %}{{ ns.x }}";
    expect(() => render(doubling)).toThrow(TextError);
  });
});

test('a pattern that backtracks for ever is stopped', () => {
  expect(() => withTimeLimit(100, 'The pattern', () => /^(a+)+$/.test(`${'a'.repeat(50)}b`))).toThrow(
    /The pattern did not end within 0.1 seconds/,
  );
  expect(withTimeLimit(100, 'The sum', () => 1 + 1)).toBe(2);
});
