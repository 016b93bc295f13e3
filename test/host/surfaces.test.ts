import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { visitorOf } from '../../service/host/admission.ts';
import { assertEntropy } from '../../service/host/entropy.ts';
import { revealingSurfaces } from '../../service/host/hardening.ts';
import { createLog, originOf } from '../../service/host/log.ts';
import { manifest } from '../../service/host/manifest.ts';

describe('a line of the log', () => {
  const line = (event: string, values: Readonly<Record<string, string | number | boolean>>): string => {
    const lines: string[] = [];
    createLog(
      (text) => lines.push(text),
      () => new Date(0),
    )(event, values);
    return lines.join('');
  };

  test('is one line of printable ASCII, whatever it is told', () => {
    expect(line('released', { port: 'server', count: 3, test: true })).toBe(
      '1970-01-01T00:00:00.000Z released port=server count=3 test=true\n',
    );
    expect(line('x', { a: 'two\nlines' })).toBe('1970-01-01T00:00:00.000Z x a="two\\nlines"\n');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(line('x', { a: text })).toMatch(/^[ -~]*\n$/);
      }),
    );
  });

  test('of an exception says where it came from, and never its message', () => {
    const error = new TypeError('the value was cSecret\n    at cSecret2');
    const origin = originOf(error);
    expect(origin['error']).toBe('TypeError');
    expect(String(origin['at'])).toContain('surfaces.test.ts');
    expect(JSON.stringify(origin)).not.toContain('cSecret');
    expect(originOf('cSecret')).toEqual({ error: 'string' });
  });
});

describe('entropy', () => {
  test('that repeats itself or has few values starts nothing', () => {
    assertEntropy();
    const weak: readonly ((length: number) => Uint8Array)[] = [
      (length) => new Uint8Array(length),
      (length) => new Uint8Array(length).fill(7),
      (length) => Uint8Array.from({ length }, (_, i) => i),
      (length) => crypto.getRandomValues(new Uint8Array(length)).map((byte) => byte & 15),
    ];
    for (const draw of weak) expect(() => assertEntropy(draw)).toThrow(/repeats itself/);
  });

  test('that is sound is not refused by chance', () => {
    for (let i = 0; i < 2000; i += 1) assertEntropy();
  });
});

describe('what Node may not be started with', () => {
  test.each([
    [['--inspect-brk=9229'], ''],
    [['--heap-prof'], ''],
    [['--heapsnapshot-near-heap-limit=1'], ''],
    [['--cpu-prof'], ''],
    [[], '--report-uncaught-exception'],
    [[], '--no-warnings --inspect'],
    [['--expose-gc'], ''],
    [['--expose_gc'], ''],
    [['-expose_gc'], ''],
    [['--abort_on_uncaught_exception'], ''],
    [['--cpu_prof'], ''],
    [['--heap_snapshot-signal=SIGUSR2'], ''],
    [[], '--no-warnings "--inspect"'],
    [[], '"--cpu_prof"'],
    [[], '--title="a b" --ex"pose_gc"'],
    [[], String.raw`"--exp\ose-gc"`],
    [[], '"--inspect'],
  ])('%j and NODE_OPTIONS=%j', (execArgv, nodeOptions) => {
    expect(revealingSurfaces(execArgv, nodeOptions, undefined)).toHaveLength(1);
  });

  test('and what is fine', () => {
    expect(
      revealingSurfaces(['--disable-sigusr1', '--jitless', '--no-addons'], '--max-old-space-size=200', undefined),
    ).toEqual([]);
    expect(revealingSurfaces(['--title', 'a_b'], '--title="not --inspect" --no_warnings', undefined)).toEqual([]);
    expect(revealingSurfaces([], '', 'ws://127.0.0.1:9229/x')).toEqual(['an open inspector']);
  });
});

test('a visitor without an address has a prefix too', () => {
  expect(visitorOf(undefined)).toEqual({ address: undefined, prefix: 'unknown', network: 'unknown' });
  for (const text of ['192.0.2.1', '192.0.2.1', undefined, '198.51.100.1', 'no address', '192.0.2.1']) {
    const known = text === undefined || text === 'no address' ? 'unknown' : `4:${text.slice(0, -2)}`;
    expect(visitorOf(text).prefix).toBe(known);
  }
  expect(visitorOf('::ffff:198.51.100.7').prefix).toBe(visitorOf('198.51.100.99').prefix);
});

test('the manifest names every library that service/package.json brings along, with its hash', () => {
  const { node, crypto, packages } = manifest(new URL('../../service/main.ts', import.meta.url).pathname, 'fast');
  expect({ node, crypto }).toEqual({ node: process.version, crypto: 'fast' });
  const names = packages.map(({ name }) => name);
  for (const name of ['@noble/curves', '@scure/base', 'asn1js', 'pkijs', 'tslib', 'valibot'])
    expect(names).toContain(name);
  expect(names).not.toContain('vitest');
  for (const one of packages)
    expect(one).toMatchObject({ version: expect.stringMatching(/^\d/), integrity: expect.stringMatching(/^sha512-/) });
  expect(manifest('/nowhere/service/main.ts', 'noble').packages.every(({ version }) => /^\d/.test(version))).toBe(true);
});
