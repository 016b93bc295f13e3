import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Aead } from '../../service/tls/kernels/aead.ts';
import { fast } from '../../service/tls/kernels/fast.ts';
import { hmac } from '../../service/tls/kernels/hmac.ts';
import { noble } from '../../service/tls/kernels/noble.ts';
import type { Provider } from '../../service/tls/kernels/provider.ts';

/*
 * The kernels compute in arrays of their modules, which all callers of a thread share. Whatever was refused, or threw, in the
 * call before: the next one gives what noble gives. And whatever is given is left as it was, be it a Buffer of Node, whose slice()
 * is no copy, or memory that threads share.
 */

const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const PRIME = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;

const number = (value: bigint): Uint8Array =>
  Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * (31 - i))) & 0xffn));
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const of = (length: number, first = 1): Uint8Array => Uint8Array.from({ length }, (_, i) => (first + 7 * i) & 0xff);
const hex = (bytes: Uint8Array | undefined): string =>
  bytes === undefined ? 'none' : Buffer.from(bytes).toString('hex');

/** What came of a call, be it an exception, whose words are each provider's own. */
function outcome(act: () => Uint8Array | boolean | undefined): string {
  try {
    const result = act();
    return typeof result === 'boolean' ? String(result) : hex(result);
  } catch {
    return 'refused';
  }
}

/** As `outcome`, for what has an answer of its own: "false, or an exception", says the contract. */
const verdict = (act: () => boolean): string => (outcome(act) === 'true' ? 'valid' : 'invalid');

/** ECDSA-Sig-Value with the INTEGERs as they are given. */
function der(r: Uint8Array, s: Uint8Array): Uint8Array {
  const integer = (bytes: Uint8Array) => [0x02, bytes.length, ...bytes];
  const both = [...integer(r), ...integer(s)];
  return Uint8Array.of(0x30, both.length, ...both);
}
const positive = (value: bigint): Uint8Array => {
  const bytes = number(value);
  const first = Math.max(
    0,
    bytes.findIndex((byte) => byte !== 0),
  );
  const magnitude = value === 0n ? Uint8Array.of(0) : bytes.subarray(first);
  return (magnitude[0] ?? 0) >= 0x80 ? Uint8Array.of(0, ...magnitude) : magnitude;
};

const edges: readonly bigint[] = [
  0n,
  1n,
  2n,
  ORDER - 2n,
  ORDER - 1n,
  ORDER,
  ORDER + 1n,
  PRIME - ORDER,
  PRIME - 1n,
  PRIME,
  2n ** 256n - 1n,
];
const secret = number(ORDER - 12345n);
const digest = of(32, 9);
const p256Key = noble.p256.publicKey(secret);
const p256Signature = noble.p256.sign(digest, secret);
const offCurve = p256Key.with(64, (p256Key[64] ?? 0) ^ 1);
const compressed = Uint8Array.of(2 + ((p256Key[64] ?? 0) & 1), ...p256Key.subarray(1, 33));
const wideSecret = of(48, 5);
const p384Key = noble.p384.publicKey(of(48, 6));
const seed = of(32, 3);
const message = utf8('message');
const ed25519Key = noble.ed25519.publicKey(seed);
const ed25519Signature = noble.ed25519.sign(message, seed);
/** Of order 1, 2, 4 and 8 of edwards25519, and the neutral point and others in encodings that are not canonical. */
const smallOrder = [
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '0000000000000000000000000000000000000000000000000000000000000080',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '0100000000000000000000000000000000000000000000000000000000000080',
].map((text) => new Uint8Array(Buffer.from(text, 'hex')));

const ciphers = ['aes128Gcm', 'aes256Gcm', 'chaCha20Poly1305'] as const;
const cipher = (by: Provider, name: (typeof ciphers)[number]): Aead =>
  by.aead[name](of(name === 'aes128Gcm' ? 16 : 32));
const nonce = of(12);

/** By name, what each provider is asked. */
const calls: readonly (readonly [string, (by: Provider) => string])[] = [
  ['x25519 publicKey', (by) => outcome(() => by.x25519.publicKey(seed))],
  ['x25519 sharedSecret', (by) => outcome(() => by.x25519.sharedSecret(seed, of(32, 5)))],
  ...[of(31), of(33), of(0)].flatMap((wrong): [string, (by: Provider) => string][] => [
    [`x25519 secret of ${wrong.length} bytes`, (by) => outcome(() => by.x25519.publicKey(wrong))],
    [`x25519 value of ${wrong.length} bytes`, (by) => outcome(() => by.x25519.sharedSecret(seed, wrong))],
  ]),
  ...['00', '01'].map((low): [string, (by: Provider) => string] => [
    `x25519 of small order ${low}`,
    (by) => outcome(() => by.x25519.sharedSecret(seed, Uint8Array.of(Number(low), ...new Uint8Array(31)))),
  ]),
  ['p256 sharedX', (by) => outcome(() => by.p256.sharedX(number(7n), p256Key))],
  ...(
    [
      ['a point off the curve', offCurve],
      ['a compressed one', compressed],
      ['infinity', of(1, 0)],
      ['zeros', new Uint8Array(65)],
      ['a hybrid', p256Key.with(0, 6)],
      ['x of p', Uint8Array.of(4, ...number(PRIME), ...number(1n))],
    ] as const
  ).flatMap(([what, point]): [string, (by: Provider) => string][] => [
    [`p256 sharedX of ${what}`, (by) => outcome(() => by.p256.sharedX(secret, point))],
    [
      `p256 verify under ${what}`,
      (by) => verdict(() => by.p256.verify(digest, p256Signature, what === 'a compressed one' ? offCurve : point)),
    ],
  ]),
  ...edges.flatMap((edge): [string, (by: Provider) => string][] => [
    [`p256 publicKey of ${edge}`, (by) => outcome(() => by.p256.publicKey(number(edge)))],
    [`p256 sharedX by ${edge}`, (by) => outcome(() => by.p256.sharedX(number(edge), p256Key))],
    [`p256 sign with ${edge}`, (by) => outcome(() => by.p256.sign(digest, number(edge)))],
    [`p256 sign of ${edge}`, (by) => outcome(() => by.p256.sign(number(edge), secret))],
    ...edges.map((other): [string, (by: Provider) => string] => [
      `p256 verify of ${edge}, ${other}`,
      (by) => verdict(() => by.p256.verify(digest, der(positive(edge), positive(other)), p256Key)),
    ]),
  ]),
  ...[0, 1, 20, 31, 33, 48, 64].map((length): [string, (by: Provider) => string] => [
    `p256 sign of ${length} bytes`,
    (by) => outcome(() => by.p256.sign(of(length, 0xf0), secret)),
  ]),
  ['p256 verify', (by) => verdict(() => by.p256.verify(digest, p256Signature, p256Key))],
  ['p256 prepared', (by) => verdict(() => by.p256.prepare(p256Key)(digest, p256Signature))],
  ['p256 prepared off the curve', (by) => verdict(() => by.p256.prepare(offCurve)(digest, p256Signature))],
  ...(
    [
      ['with a byte behind', Uint8Array.of(...p256Signature, 0)],
      ['cut off', p256Signature.subarray(0, -1)],
      ['empty', new Uint8Array(0)],
      ['a sequence alone', Uint8Array.of(0x30, 0)],
      ['of long lengths', Uint8Array.of(0x30, 0x81, ...p256Signature.subarray(1))],
      ['of a negative r', der(Uint8Array.of(0x80), Uint8Array.of(1))],
      ['of a padded r', der(Uint8Array.of(0, 1), Uint8Array.of(1))],
      ['of an empty r', der(new Uint8Array(0), Uint8Array.of(1))],
      ['of an r of 34 bytes', der(of(34, 0), Uint8Array.of(1))],
    ] as const
  ).map(([what, signature]): [string, (by: Provider) => string] => [
    `p256 verify ${what}`,
    (by) => verdict(() => by.p256.verify(digest, signature, p256Key)),
  ]),
  ['p384 publicKey', (by) => outcome(() => by.p384.publicKey(wideSecret))],
  ['p384 sharedX', (by) => outcome(() => by.p384.sharedX(wideSecret, p384Key))],
  ['p384 sharedX of a point off the curve', (by) => outcome(() => by.p384.sharedX(wideSecret, of(97, 4)))],
  ['p384 sharedX of infinity', (by) => outcome(() => by.p384.sharedX(wideSecret, new Uint8Array(97)))],
  ...[0, 32, 47, 49].map((length): [string, (by: Provider) => string] => [
    `p384 secret of ${length} bytes`,
    (by) => outcome(() => by.p384.sharedX(of(length), p384Key)),
  ]),
  ...[0, 0xff].map((byte): [string, (by: Provider) => string] => [
    `p384 secret of ${byte}`,
    (by) => outcome(() => by.p384.publicKey(new Uint8Array(48).fill(byte))),
  ]),
  ['p384 secret', (by) => outcome(() => by.p384.secret(of(72)))],
  ['p384 secret of 71 bytes', (by) => outcome(() => by.p384.secret(of(71)))],
  ['ed25519 publicKey', (by) => outcome(() => by.ed25519.publicKey(seed))],
  ['ed25519 sign', (by) => outcome(() => by.ed25519.sign(message, seed))],
  ['ed25519 sign of nothing', (by) => outcome(() => by.ed25519.sign(new Uint8Array(0), seed))],
  ['ed25519 seed of 31 bytes', (by) => outcome(() => by.ed25519.sign(message, of(31)))],
  ['ed25519 verify', (by) => verdict(() => by.ed25519.verify(message, ed25519Signature, ed25519Key))],
  ['ed25519 verify S + L', (by) => verdict(() => by.ed25519.verify(message, withOrder(ed25519Signature), ed25519Key))],
  ...smallOrder.flatMap((point, index): [string, (by: Provider) => string][] => [
    [
      `ed25519 verify under small order ${index}`,
      (by) => verdict(() => by.ed25519.verify(message, Uint8Array.of(...point, ...new Uint8Array(32)), point)),
    ],
    [
      `ed25519 verify R of small order ${index}`,
      (by) =>
        verdict(() =>
          by.ed25519.verify(message, Uint8Array.of(...point, ...ed25519Signature.subarray(32)), ed25519Key),
        ),
    ],
  ]),
  ...ciphers.flatMap((name): [string, (by: Provider) => string][] => [
    ...[0, 1, 15, 16, 17, 63, 64, 65, 16_384].map((length): [string, (by: Provider) => string] => [
      `${name} of ${length} bytes`,
      (by) => outcome(() => cipher(by, name).seal(nonce, of(length % 40), of(length))),
    ]),
    [
      `${name} opened`,
      (by) => outcome(() => cipher(by, name).open(nonce, of(5), cipher(noble, name).seal(nonce, of(5), message))),
    ],
    [`${name} forged`, (by) => outcome(() => cipher(by, name).open(nonce, of(5), of(100)))],
    [`${name} of no tag`, (by) => outcome(() => cipher(by, name).open(nonce, of(5), of(15)))],
    [`${name} with a nonce of 8 bytes`, (by) => outcome(() => cipher(by, name).seal(of(8), of(5), of(100)))],
    [`${name} opened with a nonce of 13 bytes`, (by) => outcome(() => cipher(by, name).open(of(13), of(5), of(100)))],
    [`${name} with a key of 24 bytes`, (by) => outcome(() => by.aead[name](of(24)).seal(nonce, of(0), of(1)))],
  ]),
];

/** Of r || S, S + L: the same point, and no signature (RFC 8032 §5.1.7). */
function withOrder(signature: Uint8Array): Uint8Array {
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const s = BigInt(`0x${hex(signature.slice(32).reverse())}`) + order;
  return Uint8Array.of(...signature.subarray(0, 32), ...number(s).reverse());
}

describe('one call after the other', () => {
  const expected = calls.map(([, call]) => call(noble));

  test.each(calls.map(([name, call], index) => ({ name, call, index })))('$name', ({ call, index }) => {
    expect(call(fast)).toBe(expected[index]);
  });

  test('in any order, each gives what it gives alone', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(calls.length - 1), { minLength: 2, maxLength: 12 }), (order) => {
        for (const index of order) {
          const [name, call] = calls[index] ?? ['', () => ''];
          expect(`${name}: ${call(fast)}`).toBe(`${name}: ${expected[index]}`);
        }
      }),
      { numRuns: 150 },
    );
  });
});

const shared = (bytes: Uint8Array): Uint8Array => {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
};
/** In a pool, at every offset within a word: Node's small Buffers stand as these do. */
const pooled =
  (offset: number) =>
  (bytes: Uint8Array): Uint8Array => {
    const pool = Buffer.alloc(bytes.length + 8);
    pool.set(bytes, offset);
    return pool.subarray(offset, offset + bytes.length);
  };

describe.each([
  ['a Buffer', pooled(0)],
  ['a Buffer that begins within a word', pooled(3)],
  ['memory that threads share', shared],
] as const)('what is given as %s', (_, as) => {
  /** The same as of plain bytes, and what was given is as it was. */
  const holds = (act: (...inputs: Uint8Array[]) => Uint8Array | boolean | undefined, ...plain: Uint8Array[]) => {
    const given = plain.map(as);
    expect(outcome(() => act(...given))).toBe(outcome(() => act(...plain.map((bytes) => bytes.slice()))));
    expect(given.map(hex)).toEqual(plain.map(hex));
  };
  const none = new Uint8Array(0);

  test('is a secret of X25519, and stays it', () => {
    holds((given = none) => fast.x25519.publicKey(given), seed);
    holds((given = none, value = none) => fast.x25519.sharedSecret(given, value), seed, of(32, 5));
  });

  test('is a key, a digest and a signature of P-256', () => {
    holds((given = none) => fast.p256.publicKey(given), secret);
    holds((given = none, point = none) => fast.p256.sharedX(given, point), secret, p256Key);
    holds((hash = none, given = none) => fast.p256.sign(hash, given), digest, secret);
    holds(
      (...[hash = none, signed = none, key = none]) => fast.p256.verify(hash, signed, key),
      digest,
      p256Signature,
      p256Key,
    );
  });

  test('is a secret, entropy and a point of P-384', () => {
    holds((given = none) => fast.p384.secret(given), of(72));
    holds((given = none) => fast.p384.publicKey(given), wideSecret);
    holds((given = none, point = none) => fast.p384.sharedX(given, point), wideSecret, p384Key);
  });

  test('is a seed, a message and a signature of Ed25519', () => {
    holds((given = none) => fast.ed25519.publicKey(given), seed);
    holds((text = none, given = none) => fast.ed25519.sign(text, given), message, seed);
    holds(
      (...[text = none, signed = none, key = none]) => fast.ed25519.verify(text, signed, key),
      message,
      ed25519Signature,
      ed25519Key,
    );
  });

  test.each(ciphers)('is a record of %s', (name) => {
    const sealed = cipher(noble, name).seal(nonce, of(5), of(100));
    holds((...[n = none, data = none, text = none]) => cipher(fast, name).seal(n, data, text), nonce, of(5), of(100));
    holds((...[n = none, data = none, text = none]) => cipher(fast, name).open(n, data, text), nonce, of(5), sealed);
    holds((...[n = none, data = none, text = none]) => cipher(fast, name).open(n, data, text), nonce, of(6), sealed);
  });

  test('is a key and data of HMAC', () => {
    for (const length of [0, 32, 64, 65, 200])
      holds((key = none, data = none) => hmac('sha256', key, data, key), of(length), of(50));
  });
});

test('a key and the data of HMAC may be the same bytes, and those of the last result', () => {
  const first = hmac('sha384', of(48), of(48));
  const copy = first.slice();
  expect(hex(hmac('sha384', first, first, first))).toBe(hex(hmac('sha384', copy, copy.slice(), copy.slice())));
  expect(hex(first)).toBe(hex(copy));
});
