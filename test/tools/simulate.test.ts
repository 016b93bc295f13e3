import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { progressBar } from '../../service/tools/progress-bar.ts';
import { seededRandom, shuffled } from '../../service/tools/seeded-random.ts';
import { simulateKinds } from '../../service/tools/simulate-command.ts';
import { differencesIn, expectedOf } from '../../service/tools/simulate-count.ts';
import { connectionsOf, inTheArticle, mostVisitors, plannedCrowd } from '../../service/tools/simulate-crowd.ts';
import { parseSimulateOptions } from '../../service/tools/simulate-options.ts';
import { isTls, simulateTable } from '../../service/tools/simulate-table.ts';
import { failureKeys, failureTable } from '../../service/trace/index.ts';

/* `btc-pinata simulate` without a network: the crowd, the counting and the table. */

const kinds = await simulateKinds();
const crowd = (visitors: number, seed = '1', connections = 1_000_000) => {
  const planned = plannedCrowd(kinds, { visitors, connections, seed });
  if (planned === undefined) throw new Error('the crowd is larger than was allowed');
  return planned;
};

describe('the whole crowd', () => {
  const everyone = crowd(inTheArticle.visitors);
  const expected = expectedOf(everyone);

  it('is that of the article, connection by connection', () => {
    for (const key of failureKeys) {
      const { article } = failureTable[key];
      // The exception of 2015 is none today: what caused it ends as the visitor does.
      if (article === undefined || key === 'internal.exception') continue;
      expect(expected.get(key), key).toBe(article.count ?? 7);
    }
    expect(expected.get('internal.exception')).toBeUndefined();
    const website = [...expected].filter(([key]) => /^(?:website|http)\./.test(key));
    expect(website.reduce((sum, [, count]) => sum + count, 0)).toBe(inTheArticle.visitors);
    const tls = [...expected].filter(([key]) => isTls(key));
    expect(tls.reduce((sum, [, count]) => sum + count, 0)).toBe(inTheArticle.connections);
  });

  it('comes from as many prefixes as there were addresses, on the loopback alone', () => {
    const site = everyone.filter(({ kind }) => Object.keys(kind.expect).some((key) => /^(?:website|http)\./.test(key)));
    const prefix = (from: string): string => from.replace(/\.\d+$/, '');
    expect(new Set(site.map(({ from }) => prefix(from))).size).toBe(inTheArticle.visitors);
    const attackers = everyone.filter(({ kind }) =>
      Object.keys(kind.expect).every((key) => !/^(?:website|http|dialback)\./.test(key)),
    );
    const prefixes = new Set(attackers.map(({ from }) => prefix(from))).size;
    expect(prefixes).toBeLessThanOrEqual(inTheArticle.addresses);
    expect(prefixes).toBeGreaterThan(inTheArticle.addresses * 0.9);
    for (const { from } of everyone)
      expect(from).toMatch(/^127\.(?:[1-9]|[1-9]\d|1\d\d|2[0-4]\d|25[0-4])\.\d{1,3}\.\d{1,3}$/);
  });

  it('reaches most of the categories there are', () => {
    expect(expected.size).toBeGreaterThan(50);
  });
});

describe('a smaller crowd', () => {
  it('is the same for the same seed, and another for another', () => {
    const order = (seed: string) => crowd(500, seed).map(({ kind, from }) => `${kind.name} ${from}`);
    expect(order('a')).toEqual(order('a'));
    expect(order('a')).not.toEqual(order('b'));
    expect(order('a').length).toBe(order('b').length);
  });

  it('has one of each kind at least, and those who wait come first', () => {
    const few = crowd(1);
    expect(new Set(few.map(({ kind }) => kind.name))).toEqual(new Set(kinds.map(({ name }) => name)));
    const waiting = kinds.filter(({ waits }) => waits === true).length;
    expect(few.slice(0, waiting).every(({ kind }) => kind.waits === true)).toBe(true);
  });

  it.each([150, 300, 1000, 5000])('is of no more than %i connections where no more are allowed', (connections) => {
    const planned = crowd(mostVisitors, '1', connections);
    const total = planned.reduce((sum, { kind }) => sum + connectionsOf(kind), 0);
    expect(total).toBeLessThanOrEqual(connections);
    expect(total).toBeGreaterThan(connections * 0.8);
  });

  it('is none where not even one of each is allowed', () => {
    expect(plannedCrowd(kinds, { visitors: 100, connections: 20, seed: '1' })).toBeUndefined();
  });

  it('calls nobody back who is somebody else at the same time, however many come', () => {
    const planned = crowd(mostVisitors);
    const called = planned
      .filter(({ kind }) => kind.expect['dialback.triggered'] !== undefined)
      .map(({ from }) => from);
    expect(new Set(called).size).toBe(called.length);
    const others = new Set(
      planned.filter(({ kind }) => kind.expect['dialback.triggered'] === undefined).map(({ from }) => from),
    );
    expect(called.filter((from) => others.has(from))).toEqual([]);
  });
});

describe('kinds', () => {
  it('have each a name of their own, and a category that exists', () => {
    expect(new Set(kinds.map(({ name }) => name)).size).toBe(kinds.length);
    for (const { name, expect: counts } of kinds) {
      expect(Object.keys(counts).length, name).toBeGreaterThan(0);
      for (const key of Object.keys(counts)) expect(failureKeys, name).toContain(key);
    }
  });
});

describe('the options', () => {
  const misuse = (...argv: readonly string[]): string => {
    const options = parseSimulateOptions(argv);
    return 'misuse' in options ? options.misuse : '';
  };

  it.each([
    'example.org:8080',
    'localhost:8080',
    '10.0.0.1:8080',
    '128.0.0.1:8080',
    '[::1]:8080',
    '0.0.0.0:8080',
    '127.0.0.1',
    '127.0.0.256:8080',
    '127.1:8080',
    '127.0.0.01:8080',
    '127.0.0.1.example.org:80',
    'http://127.0.0.1:8080/',
  ])('refuse the target %s', (target) => {
    expect(misuse('--target', target)).toContain('loopback');
  });

  it.each([
    ['--target', '127.0.0.1:70000'],
    ['--visitors', '0'],
    ['--visitors', '60001'],
    ['--visitors', 'many'],
    ['--connections', '-1'],
    ['--seconds', '1.5'],
    ['--concurrency', '1001'],
    ['--keep', '--target', '127.0.0.1:8080'],
    ['--dialback-target-port', '4000'],
    ['--nothing'],
    ['visitor'],
  ])('refuse %s %s', (...argv) => {
    expect(misuse(...argv)).not.toBe('');
  });

  it('take a target on the loopback, and where it calls back to', () => {
    const argv = [
      '--target',
      '127.0.0.1:8080',
      '--dialback-target-port',
      '41000',
      '--visitors',
      '50000',
      '--seed',
      'x',
    ];
    expect(parseSimulateOptions(argv)).toMatchObject({
      visitors: 50_000,
      seed: 'x',
      target: { host: '127.0.0.1', httpPort: 8080, calledPort: 41_000 },
    });
  });
});

describe('the counts', () => {
  const row = (key: 'eof' | 'empty' | 'website.page', expected: number, counted: number) => ({
    key,
    expected,
    counted,
  });

  it('agree where all is as it was to be, but for our own questions', () => {
    expect(differencesIn([row('eof', 3, 3), row('website.page', 10, 14)], 4, 0)).toEqual([]);
  });

  it.each([
    ['too few', [row('eof', 3, 2)]],
    ['too many', [row('eof', 3, 4)]],
    ['one in the place of another', [row('eof', 3, 2), row('empty', 0, 1)]],
    ['more pages than we can have asked for', [row('website.page', 10, 15)]],
    ['fewer pages than came', [row('website.page', 10, 9)]],
  ])('do not agree: %s', (_, rows) => {
    expect(differencesIn(rows, 4, 0)).not.toEqual([]);
  });

  it('may be more by those who were cut off, and never fewer', () => {
    expect(differencesIn([row('eof', 3, 5)], 1, 2)).toEqual([]);
    expect(differencesIn([row('eof', 3, 6)], 1, 2)).toEqual(['eof: 6 instead of 3']);
    expect(differencesIn([row('eof', 3, 2)], 1, 2)).toEqual(['eof: 2 instead of 3']);
  });
});

describe('the table', () => {
  const rows = (counted: (key: string, count: number) => number) => {
    const expected = expectedOf(crowd(inTheArticle.visitors));
    return failureKeys.map((key) => {
      const count = expected.get(key) ?? 0;
      return { key, expected: count, counted: counted(key, count) };
    });
  };

  it('has the same shares as the article where everybody was counted as what they were', () => {
    const lines = simulateTable({ rows: rows((_, count) => count), visitors: 0, differences: [] });
    const line = (key: string) =>
      lines
        .find((text) => text.trim().startsWith(`${key} `))
        ?.trim()
        .split(/ {2,}/);
    expect(line('success.short_circuit')).toEqual([
      'success.short_circuit',
      '12000',
      '12000',
      '57.14',
      '57.14',
      '57.14',
    ]);
    expect(line('heartbeat')).toEqual(['heartbeat', '1260', '1260', '6.00', '6.00', '6.00']);
    expect(line('x509.expired')?.at(-1)).toBe('several');
    expect(line('all')).toEqual(['all', '21000', '21000', '100.00', '100.00', '100.00']);
    expect(line('not explained in 2015')?.slice(1, 3)).toEqual(['2395', '2395']);
    expect(lines.join('\n')).not.toContain('<-');
  });

  it('is that of docs/simulate.md', () => {
    const document = readFileSync(resolve(import.meta.dirname, '../../docs/simulate.md'), 'utf8');
    const table = /^```\n( {2}TLS connections[\s\S]*?)\n```$/m.exec(document)?.[1]?.split('\n');
    // Our own questions to the page are among its visitors.
    const but = (lines: readonly string[] | undefined) => lines?.filter((line) => !line.includes('website.page'));
    const lines = simulateTable({ rows: rows((_, count) => count), visitors: 0, differences: [] });
    expect(but(table)).toEqual(but(lines));
  });

  it('marks what was counted otherwise', () => {
    const lines = simulateTable({
      rows: rows((key, count) => (key === 'heartbeat' ? count - 1 : key === 'eof' ? count + 1 : count)),
      visitors: 0,
      differences: [],
    });
    expect(lines.filter((line) => line.endsWith('<-')).map((line) => line.trim().split(' ')[0])).toEqual(
      expect.arrayContaining(['heartbeat', 'eof']),
    );
  });
});

describe('chance', () => {
  it('is the same for the same seed, and lies from 0 to below 1', () => {
    const numbers = (seed: string) => {
      const random = seededRandom(seed);
      return Array.from({ length: 1000 }, random);
    };
    expect(numbers('1')).toEqual(numbers('1'));
    expect(numbers('1')).not.toEqual(numbers('2'));
    expect(numbers('1').every((value) => value >= 0 && value < 1)).toBe(true);
    expect(new Set(numbers('1')).size).toBe(1000);
  });

  it('loses nobody in shuffling', () => {
    const items = Array.from({ length: 100 }, (_, index) => index);
    const order = shuffled(items, seededRandom('1'));
    expect(order).not.toEqual(items);
    expect(order.toSorted((one, other) => one - other)).toEqual(items);
  });
});

describe('the progress bar', () => {
  const bar = (done: number, width = 80, unicode = true) =>
    progressBar({ share: done / 1000, said: `${done} of 1000`, seconds: 61, width, unicode });

  it('says how much is done, since when and for how long still', () => {
    expect(bar(500)).toMatch(/^ {2}█+ +50 % {2}500 of 1000, 1:01, 1:01 left$/);
    expect(bar(0)).toContain(' 0 %  0 of 1000, 1:01');
    expect(bar(1000)).toMatch(/█ 100 % {2}1000 of 1000, 1:01$/);
  });

  it('is no wider than the terminal, and plain where that is', () => {
    for (const width of [50, 60, 80, 200])
      for (let done = 0; done <= 1000; done += 7) expect(bar(done, width).length).toBeLessThanOrEqual(width);
    expect(bar(500, 80, false)).toMatch(/^[ -~]+$/);
  });
});
