import { utf8ToBytes } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as bitcoin from '../../service/bitcoin/index.ts';
import {
  decodeStatement,
  encodeStatement,
  networkNames,
  type StatementFields,
  type StatementText,
  signStatement,
  verifySimple,
} from '../../service/bitcoin/index.ts';
import { decodeInternetDate, encodeInternetDate } from '../../service/bitcoin/internet-date.ts';
import { signatureHashV0, signatureHashV1 } from '../../service/bitcoin/virtual-transactions.ts';
import { fieldsOf, hedge, key, otherKey } from '../attest/sample-statement.ts';

const hex32 = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex'));
const time = fc.integer({ min: 0, max: 253_402_300_799 });
const port = fc.integer({ min: 0, max: 65_535 });

const anyFields: fc.Arbitrary<StatementFields> = fc
  .record({
    kind: fc.constantFrom('classic' as const, 'vault' as const),
    network: fc.constantFrom(...networkNames),
    test: fc.boolean(),
    host: fc.constantFrom('127.0.0.1', '::1', 'pinata.example.org', 'fe80::1%eth0'),
    ports: fc.record({ http: port, https: port, server: port, dialback: port, reverse: port }),
    caSha256: hex32,
    siteCaSha256: hex32,
    sandbox: fc.oneof(fc.constant('none'), hex32),
    build: fc.tuple(fc.constantFrom('', 'source-'), hex32).map((parts) => parts.join('')),
    challengeRoot: hex32,
    startedAt: time,
    time,
  })
  .map(({ kind, network, host, ports, build, ...rest }) => ({
    ...fieldsOf(kind, network),
    ...rest,
    service: { host, ports },
    buildSha256: build,
  }));

describe('the text of a statement', () => {
  test('is this, to the byte', () => {
    expect(encodeStatement(fieldsOf('vault', 'mainnet')).text).toBe(`btc-pinata/attest/v1
network: mainnet
address: ${fieldsOf('vault', 'mainnet').address}
wallet: vault ${fieldsOf('vault', 'mainnet').wallet.descriptor}
key-origin: measured-image
recovery: none
test: false
service: pinata.example.org http=80 https=443 server=10000 dialback=10001 reverse=10002
ca-sha256: ${'ab'.repeat(32)}
site-ca-sha256: ${'cd'.repeat(32)}
build-sha256: ${'ef'.repeat(32)}
sandbox: none
started-at: 2026-11-29T22:06:40Z
challenge-root: ${'01'.repeat(32)}
time: 2026-11-29T23:06:40Z
`);
  });

  test('is read as it was written, and is written as it was read', () => {
    fc.assert(
      fc.property(anyFields, (fields) => {
        const { text } = encodeStatement(fields);
        const read = decodeStatement(text);
        expect(read?.fields).toEqual(fields);
        expect(read?.text).toBe(text);
        expect(text).toMatch(/^[\n -~]+$/);
      }),
    );
  });

  test('with any one character changed, added or left out, is none or says something else', () => {
    const { text, fields } = encodeStatement(fieldsOf());
    fc.assert(
      fc.property(
        fc.nat({ max: text.length - 1 }),
        fc.constantFrom('', ' ', '\n', '\r', '\0', 'a', '0', 'é', '\ufeff', ':', 'A'),
        fc.boolean(),
        (at, sign, instead) => {
          const changed = text.slice(0, at) + sign + text.slice(instead ? at + 1 : at);
          fc.pre(changed !== text);
          const read = decodeStatement(changed);
          if (read !== undefined) expect(read.fields).not.toEqual(fields);
          if (read !== undefined) expect(read.text).toBe(changed);
        },
      ),
      { numRuns: 500 },
    );
  });

  const { text } = encodeStatement(fieldsOf());
  const lines = text.split('\n');
  const without = (index: number): string => lines.toSpliced(index, 1).join('\n');
  const swapped = (index: number): string =>
    lines.toSpliced(index, 2, lines[index + 1] ?? '', lines[index] ?? '').join('\n');
  const twice = (index: number): string => lines.toSpliced(index, 0, lines[index] ?? '').join('\n');
  const replaced = (line: RegExp, by: string): string => text.replace(line, by);

  test('every proper prefix of it is none', () => {
    for (let length = 0; length < text.length; length++) expect(decodeStatement(text.slice(0, length))).toBeUndefined();
  });

  test.each(lines.slice(0, -1).map((line, index) => [line.split(':')[0] ?? '', index] as const))(
    'without the line %s, with it twice, or with it and the next in the other order, is none',
    (_, index) => {
      expect(decodeStatement(without(index))).toBeUndefined();
      expect(decodeStatement(twice(index))).toBeUndefined();
      expect(decodeStatement(swapped(index))).toBeUndefined();
    },
  );

  test.each([
    ['empty', ''],
    ['with CRLF', text.replaceAll('\n', '\r\n')],
    ['with a CR at the end', text.replace(/\n$/, '\r\n')],
    ['with a NUL', text.replace('test: false', 'test: false\0')],
    ['not ASCII', text.replace('pinata.example', 'piñata.example')],
    ['with a byte order mark', `\ufeff${text}`],
    ['with a blank line behind it', `${text}\n`],
    ['with a word behind it', `${text}x`],
    ['with another key', `${text}comment: we were hacked\n`],
    ['with a user’s text for a name', replaced(/^service: \S+/m, 'service: send 1 BTC to me')],
    ['of another version', replaced(/attest\/v1/, 'attest/v2')],
    ['of another network', replaced(/^network: .*/m, 'network: litecoin')],
    ['a retirement notice', 'btc-pinata/retire/v1\nnetwork: mainnet\n'],
    ['with a port too many', replaced(/reverse=\d+/, 'reverse=10002 more=1')],
    ['with a port that is none', replaced(/http=\d+/, 'http=65536')],
    ['with a port of leading zeros', replaced(/http=\d+/, 'http=080')],
    ['with two blanks', replaced(/^test: /m, 'test:  ')],
    ['with a blank at an end of a line', replaced(/^test: false/m, 'test: false ')],
    ['with upper-case hex', replaced(/^ca-sha256: .*/m, `ca-sha256: ${'AB'.repeat(32)}`)],
    ['of a day that is none', replaced(/^time: .*/m, 'time: 2026-02-30T00:00:00Z')],
    ['of a leap second', replaced(/^time: .*/m, 'time: 2026-12-31T23:59:60Z')],
    ['with a time zone', replaced(/^time: .*/m, 'time: 2026-11-29T23:06:40+00:00')],
    ['with a fraction of a second', replaced(/^time: .*/m, 'time: 2026-11-29T23:06:40.0Z')],
    ['with the key of a vault in a classic wallet', replaced(/^wallet: classic/m, 'wallet: vault')],
    ['longer than any', replaced(/^recovery: .*/m, `recovery: age1${'q'.repeat(9000)}`)],
  ])('%s: none', (_, changed) => {
    expect(decodeStatement(changed)).toBeUndefined();
  });

  test('what cannot be said is refused when it is written, by the name of its key', () => {
    const fields = fieldsOf();
    const bad: readonly (readonly [Partial<StatementFields>, RegExp])[] = [
      [{ address: 'bc1q\nnetwork: mainnet' }, /address/],
      [{ wallet: { kind: 'classic', descriptor: 'wpkh(x)\ntest: false' } }, /wallet/],
      [{ service: { ...fields.service, host: 'a b' } }, /service/],
      [{ service: { ...fields.service, host: '' } }, /service/],
      [{ caSha256: 'ab' }, /ca-sha256/],
      [{ buildSha256: 'source' }, /build-sha256/],
      [{ sandbox: 'bubblewrap' }, /sandbox/],
      [{ challengeRoot: `${'01'.repeat(32)}\n` }, /challenge-root/],
      [{ time: 253_402_300_800 }, /time/],
      [{ time: -1 }, /reads? back|time/],
      [{ time: Number.NaN }, /time/],
      [{ startedAt: 1.5 }, /started-at|reads? back/],
    ];
    for (const [change, says] of bad) expect(() => encodeStatement({ ...fields, ...change })).toThrow(says);
  });
});

describe('signStatement', () => {
  const statement = encodeStatement(fieldsOf());

  test.each(['classic', 'vault'] as const)('signs for a %s wallet, on every network', (kind) => {
    for (const network of networkNames) {
      const one = encodeStatement(fieldsOf(kind, network));
      const signature = signStatement(key, one, hedge);
      expect(verifySimple(one.fields.address, utf8ToBytes(one.text), signature)).toBe('valid');
      expect(signature).toMatch(/^smp[A-Za-z0-9+/]+={0,2}$/);
    }
  });

  test('the hedge changes the signature, and the same one gives the same', () => {
    for (const kind of ['classic', 'vault'] as const) {
      const one = encodeStatement(fieldsOf(kind));
      expect(signStatement(key, one, hedge)).toBe(signStatement(key, one, hedge));
      expect(signStatement(key, one, new Uint8Array(32).fill(8))).not.toBe(signStatement(key, one, hedge));
    }
    expect(() => signStatement(key, statement, new Uint8Array(31))).toThrow(RangeError);
    expect(() => signStatement(key, statement, new Uint8Array(0))).toThrow(RangeError);
  });

  test('about another wallet: refused', () => {
    expect(() => signStatement(otherKey, statement, hedge)).toThrow(/another wallet/);
  });

  const { constructor: Made } = Object.getPrototypeOf(statement);
  const program = { version: 0, program: new Uint8Array(20) };
  class Another {
    readonly text = statement.text;
    readonly fields = statement.fields;
  }
  /** Whatever an attacker could come by, put where a statement belongs. */
  const forged: readonly (readonly [string, unknown])[] = [
    ['a signature hash of a transaction', signatureHashV0(utf8ToBytes('x'), program)],
    ['a signature hash of taproot', signatureHashV1(utf8ToBytes('x'), { version: 1, program: hedge }, 0)],
    ['the bytes of a statement', utf8ToBytes(statement.text)],
    ['the text of a statement', statement.text],
    ['a String object of it', Object(statement.text)],
    ['a text of a user', 'I, the operator, was hacked'],
    ['a retirement notice', 'btc-pinata/retire/v1\n'],
    ['the fields', statement.fields],
    ['a plain object', { text: statement.text, fields: statement.fields }],
    ['an object of another class', new Another()],
    ['a forged prototype', Object.create(Object.getPrototypeOf(statement))],
    [
      'a forged prototype with members',
      Object.create(Object.getPrototypeOf(statement), { text: { value: 'x' }, fields: { value: statement.fields } }),
    ],
    ['a statement as a prototype', Object.create(statement)],
    ['a proxy of a statement', new Proxy(statement, {})],
    ['a copy', structuredClone({ ...statement })],
    ['JSON of it', JSON.parse(JSON.stringify(statement))],
    ['the class', Made],
    ['a function', () => statement],
    ['an array of it', [statement]],
    ['null', null],
    ['undefined', undefined],
    ['a number', 1],
    ['a symbol', Symbol('statement')],
  ];
  test.each(forged)('%s: refused at run time', (_, value) => {
    expect(() => signStatement(key, pretend(value), hedge)).toThrow(TypeError);
  });

  test('the constructor of a statement makes statements alone, whoever comes by it', () => {
    const { length } = forged.filter(([, value]) => {
      try {
        const made: StatementText = new Made(value);
        expect(decodeStatement(made.text)?.text).toBe(made.text);
        return false;
      } catch {
        return true;
      }
    });
    // The one made of fields, of a look-alike's and of a statement's, has what was there: fields.
    expect(length).toBeGreaterThanOrEqual(forged.length - 1);
    expect(() => new Made({ ...statement.fields, address: 'x\ny' })).toThrow(RangeError);
  });

  test('a subclass that says another text has the old one signed', () => {
    class Liar extends Made {
      get text(): string {
        return 'I, the operator, was hacked';
      }
    }
    const liar: unknown = Reflect.construct(Liar, [statement.fields]);
    expect(signStatement(key, pretend(liar), hedge)).toBe(signStatement(key, statement, hedge));
  });

  test('what the public face exports that signs is this function alone', () => {
    expect(Object.keys(bitcoin).filter((name) => /sign/i.test(name))).toEqual(['signStatement']);
  });
});

/** Past the compiler, as a caller without types would come. */
function pretend(value: unknown): StatementText {
  const holder: { statement: StatementText } = { statement: encodeStatement(fieldsOf()) };
  Reflect.set(holder, 'statement', value);
  return holder.statement;
}

describe('times', () => {
  test('are those of Date, both ways', () => {
    fc.assert(
      fc.property(time, (seconds) => {
        const text = new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
        expect(encodeInternetDate(seconds)).toBe(text);
        expect(decodeInternetDate(text)).toBe(seconds);
      }),
    );
  });
});
