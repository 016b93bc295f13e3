import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { send } from '../../service/tls/index.ts';
import {
  type AttemptLine,
  parseTraceLine,
  type TraceLine,
  type TraceStep,
  traceLine,
  traceSchema,
  traceStep,
} from '../../service/trace/index.ts';
import { pair, run } from '../tls/pair.ts';
import { clientConfig, serverConfig, world } from '../tls/pki.ts';
import { against } from './json-schema.ts';
import { anyAttempt, anyLine, anyStep, attemptLine } from './lines.ts';

/* A line is read as strictly as it is written: what is not described in one place is in no line. */

const lineOf = (steps: readonly TraceStep[]): AttemptLine => attemptLine(7, steps);

const problemOf = (text: string): string => {
  const parsed = parseTraceLine(text);
  return parsed.ok ? 'none' : parsed.problem;
};
const read = (text: string): TraceLine => {
  const parsed = parseTraceLine(text);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.line;
};

describe('what was written is read', () => {
  it('whatever line it is, and written again it is the same text', () => {
    fc.assert(
      fc.property(anyLine, (line) => {
        const text = traceLine(line);
        expect(read(text)).toEqual(line);
        expect(traceLine(read(text))).toBe(text);
      }),
    );
  });

  it('the order of keys is kept, which digests of lines are over', () => {
    const { format, type, head, body } = lineOf([]);
    const text = JSON.stringify({ body, head: Object.fromEntries(Object.entries(head).toReversed()), type, format });
    expect(traceLine(read(text))).toBe(text);
  });

  it.each(['1.3', '1.2'] as const)('the engine’s own steps of a handshake of TLS %s', (version) => {
    const of = world();
    const choices = { versions: [version] };
    const ends = pair(serverConfig(of, { choices }), clientConfig(of, { choices }));
    run(ends);
    ends.server.act((session) => send(session, new Uint8Array(20_000)));
    run(ends);
    for (const { events } of [ends.server, ends.client]) {
      const steps = events.flatMap((event) => traceStep(3, event) ?? []);
      expect(new Set(steps.map(({ type }) => type))).toContain('established');
      expect(read(traceLine(lineOf(steps)))).toEqual(lineOf(steps));
    }
  });
});

describe('what is not described is refused, and the problem says where it is and what it must be', () => {
  const good = traceLine(lineOf([{ t: 1, type: 'alert', direction: 'sent', level: 2, description: 40 }]));
  it.each([
    ['', /^the line is no JSON: /],
    ['{"format":', /^the line is no JSON: /],
    ['[]', /^the line is an array of 0; it must be an object$/],
    ['null', /^the line is null; it must be an object$/],
    ['{}', /^type is nothing; it must be one of "attempt", "generation"$/],
    [good.replace('pinata-trace/1', 'pinata-trace/2'), /^format is "pinata-trace\/2"; it must be "pinata-trace\/1"$/],
    [good.replace('"head":{', '"head":{"x":1,'), /^head\.x is not known; known there are number, at, /],
    [good.replace('"head":{', '"head":{"__proto__":{},'), /^head\.__proto__ is not known/],
    [good.replace('"number":7', '"number":0'), /^head\.number is 0; it must be a whole number from 1 to \d+$/],
    [good.replace('"number":7', '"number":7.5'), /^head\.number is 7\.5/],
    [good.replace('"number":7', '"number":8'), /must be an attempt whose head and body have the same number$/],
    [good.replace('"port":"server"', '"port":"ssh"'), /^head\.port is "ssh"; it must be one of "http", /],
    [good.replace('"category":"success.short_circuit"', '"category":"toString"'), /^head\.category is "toString"/],
    [good.replace('"test":false', '"test":0'), /^head\.test is 0; it must be true or false$/],
    [good.replace('"test":false,', ''), /^head\.test is nothing; it must be true or false$/],
    [good.replace('0123456789abcdef', '0123456789ABCDEF'), /^head\.visitor is .*must be 8 bytes as lower-case hex$/],
    [good.replace('"level":2', '"level":256'), /^body\.steps\[0\]\.level is 256; it must be a whole number/],
    [good.replace('"type":"alert"', '"type":"secret"'), /^body\.steps\[0\]\.type is "secret"; it must be one of /],
    [good.replace('"level":2', '"level":2,"key":"00"'), /^body\.steps\[0\]\.key is not known; known there are t, /],
    [good.replace('"steps":[', '"steps":{"0":').replace('}]', '}}'), /^body\.steps is .*; it must be an array$/],
  ])('%#: %s', (text, problem) => {
    expect(problemOf(text)).toMatch(problem);
  });

  it('a record holds as many bytes as it says, and in clear no application data', () => {
    const step = { t: 0, type: 'record', direction: 'received', contentType: 22, version: 771, length: 2 } as const;
    const textOf = (change: object) => JSON.stringify(lineOf([{ ...step, fragment: '0102', ...change }]));
    expect(problemOf(textOf({}))).toBe('none');
    expect(problemOf(textOf({ length: 3 }))).toMatch(/it must be a record whose fragment has `length` bytes$/);
    expect(problemOf(textOf({ contentType: 23 }))).toMatch(/contentType is 23; it must be one of 20, 21, 22$/);
    expect(problemOf(textOf({ inner: { type: 'unopened' } }))).toMatch(/inner is not known/);
  });

  it('a fault belongs to its kind', () => {
    const fault = { kind: 'misbehaved', reason: 'expired', detail: '' };
    const text = traceLine(lineOf([])).replace(
      '"steps":[]',
      `"steps":[${JSON.stringify({ t: 0, type: 'fault', fault })}]`,
    );
    expect(problemOf(text)).toMatch(
      /^body\.steps\[0\]\.fault\.reason is "expired"; it must be one of "record_not_tls"/,
    );
  });

  it('application data has no place, whatever key it is put under', () => {
    fc.assert(
      fc.property(anyStep, fc.string(), (step, name) => {
        fc.pre(
          !Object.hasOwn(step, name) && !['applicationProtocol', 'serverName', 'inner', 'fragment'].includes(name),
        );
        const text = JSON.stringify(lineOf([]));
        const extended = `${JSON.stringify(step).slice(0, -1)},${JSON.stringify(name)}:"c0ffee"}`;
        expect(problemOf(text.replace('"steps":[]', () => `"steps":[${extended}]`))).toMatch(
          /is not known; known there are/,
        );
      }),
    );
  });

  it.each([
    ['instead of a line', (deep: string) => deep],
    ['as the type', (deep: string) => `{"type":${deep}}`],
    ['as a step', (deep: string) => good.replace('"steps":[', `"steps":[${deep},`)],
    ['as a number', (deep: string) => good.replace('"number":7', `"number":${deep}`)],
    ['under a key of its own', (deep: string) => good.replace('"head":{', `"head":{"x":${deep},`)],
  ])('however deep what stands there is, %s', (_, put) => {
    const depth = 200_000;
    for (const deep of ['['.repeat(depth) + ']'.repeat(depth), `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`]) {
      expect(problemOf(put(deep)).length).toBeLessThan(3000);
      expect(problemOf(put(deep))).not.toBe('none');
    }
  });

  it('any text at all is a line or a problem', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(problemOf(text)).not.toBe('none');
      }),
    );
  });

  it('a line with any one value changed to another type is refused', () => {
    fc.assert(
      fc.property(anyAttempt, fc.nat(), (line, pick) => {
        const places = leaves(line);
        const place = places[pick % places.length] ?? [];
        expect(problemOf(JSON.stringify(changed(line, place, { not: 'described' })))).not.toBe('none');
      }),
    );
  });
});

type Path = readonly (string | number)[];

/** The paths of all that is neither an object nor an array. */
function leaves(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return value === undefined ? [] : [path];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]));
}

function changed(value: unknown, [key, ...rest]: Path, to: unknown): unknown {
  if (key === undefined) return to;
  if (Array.isArray(value)) return value.map((item, index) => (index === Number(key) ? changed(item, rest, to) : item));
  return Object.fromEntries(
    Object.entries(value ?? {}).map(([name, inner]) => [name, name === key ? changed(inner, rest, to) : inner]),
  );
}

describe('docs/trace.schema.json', () => {
  const path = resolve(import.meta.dirname, '../../docs/trace.schema.json');
  if (process.env['PINATA_UPDATE'] === '1') writeFileSync(path, JSON.stringify(traceSchema, undefined, 2));

  it('is what the parser is made of (PINATA_UPDATE=1 writes it, and the formatter gives it its lines)', () => {
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(traceSchema);
  });

  const schema: unknown = JSON.parse(readFileSync(path, 'utf8'));
  const parsedJson = (line: TraceLine): unknown => JSON.parse(traceLine(line));

  it('allows every line that is written', () => {
    fc.assert(
      fc.property(anyLine, (line) => {
        expect(against(schema, parsedJson(line))).toBeUndefined();
      }),
    );
  });

  it('allows what the parser takes, and nothing that is refused for a key, a type or a bound', () => {
    const values = fc.oneof(
      fc.integer({ min: -2, max: 70_000 }),
      fc.string(),
      fc.constantFrom(null, true, [], {}, 'ab'),
    );
    fc.assert(
      fc.property(anyAttempt, fc.nat(), values, (line, pick, value) => {
        const places = leaves(line);
        const other = changed(parsedJson(line), places[pick % places.length] ?? [], value);
        const parsed = parseTraceLine(JSON.stringify(other));
        const problem = against(schema, other);
        // What no schema can say: two fields that do not agree.
        const beyond = !parsed.ok && /it must be (a|an) (record|rest|attempt) /.test(parsed.problem);
        if (!beyond) expect(problem === undefined).toBe(parsed.ok);
      }),
      { numRuns: 1000 },
    );
  });
});
