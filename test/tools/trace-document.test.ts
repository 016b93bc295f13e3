import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseCoverageOptions } from '../../service/tools/coverage-options.ts';
import { parseReplayOptions } from '../../service/tools/replay-options.ts';
import { parseTraceOptions } from '../../service/tools/trace-options.ts';
import { headLine, traceFormat, traceSchema } from '../../service/trace/index.ts';
import { attemptLine } from '../trace/lines.ts';

/* docs/traces.md names what is there, all of it and nothing else. */

const document = readFileSync(resolve(import.meta.dirname, '../../docs/traces.md'), 'utf8');

/** The words in code of the first column of the table that begins so. */
function firstColumn(heading: string): readonly string[] {
  const from = document.indexOf(`| ${heading} | |\n`);
  expect(from).toBeGreaterThan(0);
  const [table = ''] = document.slice(from).split('\n\n');
  return table
    .split('\n')
    .slice(2)
    .flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, word = '']) => word));
}

/** Every constant that the schema allows for `type` below a place. */
function typesIn(schema: unknown): readonly string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([key, inner]) =>
    key === 'type' && typeof inner === 'object' && inner !== null && 'const' in inner
      ? [String(inner.const)]
      : typesIn(inner),
  );
}

/** Of the verbs that are read by themselves. */
const parsers = new Map<string, (argv: readonly string[]) => object>([
  ['replay', parseReplayOptions],
  ['coverage', parseCoverageOptions],
]);

describe('docs/traces.md', () => {
  it('has the fields of a head, in the order of the chain', () => {
    expect(firstColumn('head')).toEqual(Object.keys(JSON.parse(headLine(attemptLine(1).head))));
  });

  it('has every step there is, and no other', () => {
    const lines = ['attempt', 'generation'];
    const inner = ['said', 'unopened'];
    const steps = new Set(typesIn(traceSchema).filter((type) => ![...lines, ...inner].includes(type)));
    const named = firstColumn('step');
    expect(named.length).toBeGreaterThan(25);
    expect(new Set(named)).toEqual(steps);
    for (const word of inner) expect(document).toContain(`\`${word}\``);
  });

  it('says which version of the format it is about', () => {
    expect(document).toContain(`\`${traceFormat}\``);
  });

  it('has commands that exist, with options that exist', () => {
    const commands = [...document.matchAll(/btc-pinata trace ([a-z][^\n`]*)/g)].map(([, words = '']) =>
      words.split(' '),
    );
    expect(commands.length).toBeGreaterThan(8);
    for (const [verb = '', ...rest] of commands) {
      const parsed = parsers.get(verb)?.(rest) ?? parseTraceOptions([verb, ...rest]);
      expect([verb, ...rest, 'misuse' in parsed ? parsed.misuse : 'well'].join(' ')).toMatch(/ well$/);
    }
  });
});
