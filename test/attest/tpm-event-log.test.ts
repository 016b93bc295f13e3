import { sha256, sha384 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TPM_ALG } from '../../service/attest/tpm-constants.ts';
import {
  eventLogLimits,
  parseEventLog,
  replayDifferences,
  replayEventLog,
} from '../../service/attest/tpm-event-log.ts';

/* Logs as firmware writes them, little-endian, made here by hand. */

const le = (value: number, size: number): Uint8Array =>
  Uint8Array.from({ length: size }, (_, i) => (value >>> (8 * i)) & 0xff);

const banks = [
  { algorithm: TPM_ALG.SHA256, hash: sha256, length: 32 },
  { algorithm: TPM_ALG.SHA384, hash: sha384, length: 48 },
] as const;

const EV_NO_ACTION = 3;
const EV_SEPARATOR = 4;
const EV_EFI_ACTION = 0x8000_0007;

interface Header {
  readonly signature?: string;
  readonly algorithms?: readonly (readonly [algorithm: number, length: number])[];
  readonly digest?: Uint8Array;
}

function header({ signature = 'Spec ID Event03\0', algorithms, digest = new Uint8Array(20) }: Header = {}): Uint8Array {
  const list = algorithms ?? banks.map(({ algorithm, length }): readonly [number, number] => [algorithm, length]);
  const event = concatBytes(
    utf8ToBytes(signature),
    le(0, 4),
    Uint8Array.of(0, 2, 0, 2),
    le(list.length, 4),
    ...list.map(([algorithm, length]) => concatBytes(le(algorithm, 2), le(length, 2))),
    Uint8Array.of(0),
  );
  return concatBytes(le(0, 4), le(EV_NO_ACTION, 4), digest, le(event.length, 4), event);
}

const event = (pcr: number, type: number, data: Uint8Array, hashed = data): Uint8Array =>
  concatBytes(
    le(pcr, 4),
    le(type, 4),
    le(banks.length, 4),
    ...banks.map(({ algorithm, hash }) => concatBytes(le(algorithm, 2), hash(hashed))),
    le(data.length, 4),
    data,
  );

const action = utf8ToBytes('Calling EFI Application from Boot Option');
const separator = new Uint8Array(4);
const log = concatBytes(
  header(),
  event(4, EV_EFI_ACTION, action),
  event(4, EV_SEPARATOR, separator),
  event(7, EV_SEPARATOR, separator),
);

const parsed = (bytes: Uint8Array) => {
  const result = parseEventLog(bytes);
  if (!result.ok) throw new Error(result.fault);
  return result.value;
};

const extend = (hash: (message: Uint8Array) => Uint8Array, value: Uint8Array, data: Uint8Array) =>
  hash(concatBytes(value, hash(data)));

test('a log leads to the values of its registers, in each bank', () => {
  const four = extend(sha256, extend(sha256, new Uint8Array(32), action), separator);
  expect(replayEventLog(parsed(log), TPM_ALG.SHA256)).toEqual(
    new Map([
      [4, four],
      [7, extend(sha256, new Uint8Array(32), separator)],
    ]),
  );
  expect(replayEventLog(parsed(log), TPM_ALG.SHA384)?.get(7)).toEqual(extend(sha384, new Uint8Array(48), separator));
  expect(replayEventLog(parsed(log), TPM_ALG.SHA512)).toBeUndefined();
  expect(
    replayDifferences(
      parsed(log),
      new Map([
        [4, four],
        [5, new Uint8Array(32)],
      ]),
    ),
  ).toEqual([]);
  expect(replayDifferences(parsed(log), new Map([[5, four]]))).toEqual([
    expect.stringMatching(/^PCR 5: the log gives 0{64}, quoted/),
  ]);
});

test('PCR 0 starts at the locality of TPM2_Startup where the log says so', () => {
  const locality = event(0, EV_NO_ACTION, concatBytes(utf8ToBytes('StartupLocality\0'), Uint8Array.of(3)));
  const values = replayEventLog(
    parsed(concatBytes(header(), locality, event(0, EV_SEPARATOR, separator))),
    TPM_ALG.SHA256,
  );
  expect(values?.get(0)).toEqual(extend(sha256, new Uint8Array(32).with(31, 3), separator));
});

test('what is measured counts, not what is told of it', () => {
  const told = concatBytes(header(), event(4, EV_EFI_ACTION, utf8ToBytes('all is well'), action));
  expect(replayEventLog(parsed(told), TPM_ALG.SHA256)?.get(4)).toEqual(extend(sha256, new Uint8Array(32), action));
});

describe('refused', () => {
  test.each<[string, Uint8Array, string | RegExp]>([
    ['nothing', new Uint8Array(), 'pcrIndex at 0 needs 4 bytes, 0 are left'],
    ['a log of SHA-1 alone', header({ signature: 'Spec ID Event02\0' }), /not Spec ID Event03/],
    ['a header with a digest', header({ digest: new Uint8Array(20).fill(1) }), 'the first event is no Spec ID Event'],
    ['a header without algorithms', header({ algorithms: [] }), '0 algorithms'],
    ['nine algorithms', header({ algorithms: Array.from({ length: 9 }, (_, i) => [i, 32] as const) }), '9 algorithms'],
    [
      'an algorithm twice',
      header({
        algorithms: [
          [11, 32],
          [11, 32],
        ],
      }),
      'algorithm 0xb twice',
    ],
    [
      'a length that is not the algorithm’s',
      header({ algorithms: [[11, 20]] }),
      'digests of 20 bytes for algorithm 0xb',
    ],
    [
      'an event with a digest too few',
      concatBytes(header({ algorithms: [[11, 32]] }), event(4, 4, separator)),
      /^2 digests at \d+, not 1$/,
    ],
    [
      'an unannounced digest',
      concatBytes(
        header({
          algorithms: [
            [11, 32],
            [13, 64],
          ],
        }),
        event(4, 4, separator),
      ),
      /^a digest of 0xc at/,
    ],
    ['a register 24', concatBytes(header(), event(24, 4, separator)), 'PCR 24'],
    ['too many bytes', new Uint8Array(eventLogLimits.bytes + 1), /at most/],
    [
      'too many events',
      concatBytes(
        header({ algorithms: [[0x99, 1]] }),
        ...Array.from({ length: eventLogLimits.events + 1 }, () =>
          concatBytes(le(0, 4), le(3, 4), le(1, 4), le(0x99, 2), Uint8Array.of(0), le(0, 4)),
        ),
      ),
      `more than ${eventLogLimits.events} events`,
    ],
  ])('%s', (_, bytes, fault) => {
    const result = parseEventLog(bytes);
    expect(result.ok ? 'it was taken' : result.fault).toMatch(fault);
  });

  test('a log that ends within an event', () => {
    const ends = new Set(
      [
        header(),
        concatBytes(header(), event(4, EV_EFI_ACTION, action)),
        concatBytes(header(), event(4, EV_EFI_ACTION, action), event(4, EV_SEPARATOR, separator)),
        log,
      ].map(({ length }) => length),
    );
    for (let length = 0; length < log.length; length++)
      expect(parseEventLog(log.subarray(0, length)).ok).toBe(ends.has(length));
  });

  test('nothing by an exception', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, behind) => {
        const result = parseEventLog(behind ? concatBytes(log, bytes) : bytes);
        if (result.ok) replayEventLog(result.value, TPM_ALG.SHA256);
      }),
    );
  });
});
