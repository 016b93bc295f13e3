import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openMetrics } from '../../service/site/open-metrics.ts';
import { readOpenMetrics } from '../support/open-metrics-checker.ts';

describe('OpenMetrics', () => {
  test('is written as its specification has it', () => {
    const text = openMetrics([
      { name: 'apples', type: 'counter', help: 'Apples.', samples: [{ labels: { kind: 'red' }, value: 3 }] },
      { name: 'box_bytes', type: 'gauge', unit: 'bytes', help: 'A box.', samples: [{ value: 1.5 }] },
      { name: 'build', type: 'info', help: 'What.', labels: { version: '1' } },
      {
        name: 'wait_seconds',
        type: 'summary',
        unit: 'seconds',
        help: 'Waits.',
        quantiles: [[0.5, 2]],
        sum: 4,
        count: 2,
      },
    ]);
    expect(text.split('\n')).toEqual([
      '# TYPE apples counter',
      '# HELP apples Apples.',
      'apples_total{kind="red"} 3',
      '# TYPE box_bytes gauge',
      '# UNIT box_bytes bytes',
      '# HELP box_bytes A box.',
      'box_bytes 1.5',
      '# TYPE build info',
      '# HELP build What.',
      'build_info{version="1"} 1',
      '# TYPE wait_seconds summary',
      '# UNIT wait_seconds seconds',
      '# HELP wait_seconds Waits.',
      'wait_seconds{quantile="0.5"} 2',
      'wait_seconds_sum 4',
      'wait_seconds_count 2',
      '# EOF',
      '',
    ]);
  });

  test('is nothing but its end where there is nothing', () => {
    expect(readOpenMetrics(openMetrics([]))).toEqual([]);
    expect(openMetrics([])).toBe('# EOF\n');
  });

  test('carries any text in a label and in a help, and any number', () => {
    const sign = fc.constantFrom('\\', '"', '\n', ' ', '{', '}', ',', '#', 'a', 'ü', '\r', '\u2028');
    const anyText = fc.oneof(
      fc.string(),
      fc.array(sign).map((signs) => signs.join('')),
    );
    // Of two zeros the text has one.
    const anyNumber = fc.double().map((value) => value + 0);
    fc.assert(
      fc.property(anyText, anyText, anyNumber, (help, label, value) => {
        const [family] = readOpenMetrics(
          openMetrics([{ name: 'x', type: 'gauge', help, samples: [{ labels: { a: label, b: '' }, value }] }]),
        );
        expect(family?.help).toBe(help);
        expect(family?.samples).toEqual([
          {
            name: 'x',
            labels: new Map([
              ['a', label],
              ['b', ''],
            ]),
            value,
          },
        ]);
      }),
    );
  });

  test.each(['', '1st', 'with-dash', 'Big', 'ümlaut'])('refuses the name %j', (name) => {
    expect(() => openMetrics([{ name, type: 'gauge', help: '', samples: [] }])).toThrow(RangeError);
  });

  test('refuses a unit that the name does not end in', () => {
    expect(() => openMetrics([{ name: 'x', unit: 'bytes', type: 'gauge', help: '', samples: [] }])).toThrow('in bytes');
  });
});

describe('the reader of the tests', () => {
  const family = '# TYPE x counter\n# HELP x A thing.\n';
  test.each([
    ['without an end', `${family}x_total 1\n`],
    ['with a last line that does not end', `${family}x_total 1\n# EOF`],
    ['with an empty line', `${family}\nx_total 1\n# EOF\n`],
    ['with more after the end', `${family}x_total 1\n# EOF\nx_total 2\n# EOF\n`],
    ['of a counter without _total', `${family}x 1\n# EOF\n`],
    ['of a counter below 0', `${family}x_total -1\n# EOF\n`],
    ['of a family twice', `${family}x_total 1\n${family}x_total 1\n# EOF\n`],
    ['of a sample twice', `${family}x_total{a="1"} 1\nx_total{a="1"} 1\n# EOF\n`],
    ['of a label twice', `${family}x_total{a="1",a="2"} 1\n# EOF\n`],
    ['with an escape that there is not', `${family}x_total{a="\\t"} 1\n# EOF\n`],
    ['without a family', 'x_total 1\n# EOF\n'],
    ['with metadata that come late', '# TYPE x counter\nx_total 1\n# HELP x Late.\n# EOF\n'],
    ['with a number in hex', `${family}x_total 0x1\n# EOF\n`],
    ['with a comma too many', `${family}x_total{a="1",} 1\n# EOF\n`],
  ])('takes no text %s', (_, text) => {
    expect(() => readOpenMetrics(text)).toThrow();
  });
});
