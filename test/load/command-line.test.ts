import { expect, test } from 'vitest';
import { asked } from './command-line.ts';
import { scenarios } from './scenarios.ts';

const names = (argv: readonly string[]): readonly string[] => {
  const what = asked(argv);
  return what.type === 'run' ? what.scenarios.map(({ name }) => name) : [];
};

test('all scenarios, or those that are named, or five seconds of each', () => {
  expect(names([])).toEqual(scenarios.map(({ name }) => name));
  expect(names(['resets', 'idle'])).toEqual(['idle', 'resets']);
  const quick = asked(['--quick']);
  expect(quick.type === 'run' && quick.scenarios.every(({ seconds }) => seconds <= 5)).toBe(true);
  expect(asked(['--soak', '0.5'])).toMatchObject({ type: 'run', scenarios: [{ name: 'soak', seconds: 30 }] });
  expect(asked(['--crash', '3'])).toEqual({ type: 'crash', rounds: 3 });
});

test('help names each scenario and each option', () => {
  const what = asked(['--help']);
  const text = what.type === 'help' ? what.text : '';
  for (const { name } of scenarios) expect(text).toContain(`\n  ${name} `);
  for (const option of ['--quick', '--soak', '--crash', '--publish']) expect(text).toContain(option);
});

test.each([
  [['no-such'], 'no-such: there is no such scenario, only quiet, '],
  [['--no-such'], "Unknown option '--no-such'; --help says what there is"],
  [['--soak'], 'argument missing; --help says what there is'],
  [['--soak', 'long'], '--soak long: a number of minutes, such as 30'],
  [['--crash', '1.5'], '--crash 1.5: a number of rounds, such as 1000'],
])('%s is refused in one sentence', (argv, words) => {
  const what = asked(argv);
  expect(what.type === 'refused' ? what.sentence : what).toContain(words);
  expect(what.type === 'refused' && what.sentence.includes('\n')).toBe(false);
});
