import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readTimestamp } from '../../service/attest/open-timestamps.ts';

/** examples/hello-world.txt.ots of opentimestamps-client at cd71c7609421: stamped in a block of 2015. */
const helloWorld = hexToBytes(
  '004f70656e54696d657374616d7073000050726f6f6600bf89e2e884e89294010803ba204e50d126e4674c005e04d82e84c21366780af1f4' +
    '3bd54a37816b6ab34003f1c8010100000001e482f9d32ecc3ba657b69d898010857b54457a90497982ff56f97c4ec58e6f98010000006b48' +
    '3045022100b253add1d1cf90844338a475a04ff13fc9e7bd242b07762dea07f5608b2de367022000b268ca9c3342b3769cdd062891317cdc' +
    'ef87aac310b6855e9d93898ebbe8ec0121020d8e4d107d2b339b0050efdd4b4a09245aa056048f125396374ea6a2ab0709c6ffffffff0265' +
    '33e605000000001976a9140bf057d40fbba6744862515f5b55a2310de5772f88aca0860100000000001976a914f00688ac000000000808f1' +
    '20a987f716c533913c314c78e35d35884cac943fa42cac49d2b2c69f4003f85f880808f120dec55b3487e1e3f722a49b55a7783215862785' +
    'f4a3acb392846019f71dc64a9d0808f120b2ca18f485e080478e025dab3d464b416c0e1ecb6629c9aefce8c8214d0424320808f02011b0e9' +
    '0661196ff4b0813c3eda141bab5e91604837bdf7a0c9df37db0e3a11980808f020c34bc1a4a1093ffd148c016b1e664742914e939efabe4d' +
    '3d356515914b26d9e20808f020c3e6e7c38c69f6af24c2be34ebac48257ede61ec0a21b9535e4443277be306460808f1200798bf8606e000' +
    '24e5d5d54bf0c960f629dfb9dad69157455b6f2652c0e8de810808f0203f9ada6d60baa244006bb0aad51448ad2fafb9d4b6487a0999cff2' +
    '6b91f0f5360808f120c703019e959a8dd3faef7489bb328ba485574758e7091f01464eb65872c975c80808f020cbfefff513ff84b915e3fe' +
    'd6f9d799676630f8364ea2a6c7557fad94a5b5d7880808f1200be23709859913babd4460bbddf8ed213e7c8773a4b1face30f8acfdf093b7' +
    '050808000588960d73d7190103f7ef15',
);
const head = helloWorld.subarray(0, 33);
const digest = sha256(utf8ToBytes('a release'));
const sized = (bytes: Uint8Array): Uint8Array => concatBytes(Uint8Array.of(bytes.length), bytes);
const bitcoin = (height: number): Uint8Array =>
  concatBytes(Uint8Array.of(0), hexToBytes('0588960d73d71901'), sized(Uint8Array.of(height)));
const pending = (calendar: string): Uint8Array =>
  concatBytes(Uint8Array.of(0), hexToBytes('83dfe30d2ef90c8e'), sized(sized(utf8ToBytes(calendar))));
const stamp = (...steps: readonly (Uint8Array | number)[]): Uint8Array =>
  concatBytes(head, digest, ...steps.map((step) => (typeof step === 'number' ? Uint8Array.of(step) : step)));

describe('a timestamp', () => {
  test("of OpenTimestamps' own examples leads to block 358391", () => {
    const timestamp = readTimestamp(helloWorld);
    if ('fault' in timestamp) throw new Error(timestamp.fault);
    expect(bytesToHex(timestamp.file)).toBe(bytesToHex(sha256(utf8ToBytes('Hello World!\n'))));
    const [attestation, ...more] = timestamp.attestations;
    expect(more).toEqual([]);
    if (attestation?.type !== 'bitcoin') throw new Error('it is of no block');
    expect(attestation.height).toBe(358_391);
    // As explorers show the root of that block.
    expect(bytesToHex(attestation.merkleRoot.toReversed())).toBe(
      '8a1b66ecb7cbd07d8139a7e7d7f2c41aab1f5009b8364aaf61d03ad245e47e00',
    );
  });

  test('with branches says all of them, each of its own message', () => {
    const joined = sha256(concatBytes(utf8ToBytes('before'), digest, utf8ToBytes('behind')));
    const bytes = stamp(
      ...[0xff, pending('https://a.example')],
      ...[0xff, 0xf1, sized(utf8ToBytes('before')), 0xf0, sized(utf8ToBytes('behind')), 0x08, bitcoin(7)],
      ...[0x08, 0xf2, bitcoin(9)],
    );
    expect(readTimestamp(bytes)).toEqual({
      file: digest,
      attestations: [
        { type: 'pending', calendar: 'https://a.example' },
        { type: 'bitcoin', height: 7, merkleRoot: joined },
        { type: 'bitcoin', height: 9, merkleRoot: sha256(digest).toReversed() },
      ],
    });
  });

  test('of another kind of attestation is read over it', () => {
    const unknown = concatBytes(Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8), sized(utf8ToBytes('whatever')));
    expect(readTimestamp(stamp(unknown))).toMatchObject({ attestations: [{ type: 'other', tag: '0102030405060708' }] });
  });

  const broken: readonly (readonly [string, Uint8Array])[] = [
    ['nothing behind the digest', stamp()],
    ['bytes left over', stamp(bitcoin(1), 0)],
    ['an operation that is not known', stamp(0x42, bitcoin(1))],
    ['a block whose root has 64 bytes', stamp(0xf3, bitcoin(1))],
    ['a calendar with a control sign', stamp(pending('https://a\u001b[2J'))],
    ['a message that grows without end', stamp(...Array.from({ length: 20 }, () => [0xf3]).flat(), bitcoin(1))],
    ['steps without end', stamp(...Array.from({ length: 300 }, () => 0x08), bitcoin(1))],
    ['attestations without end', stamp(...Array.from({ length: 70 }, () => [0xff, bitcoin(1)]).flat(), bitcoin(1))],
    ['a number without end', concatBytes(head.subarray(0, 31), new Uint8Array(20).fill(0xff))],
    ['another digest than SHA-256', concatBytes(head.subarray(0, 32), Uint8Array.of(2), digest, bitcoin(1))],
  ];
  test.each(broken)('with %s is none', (_, bytes) => {
    expect(readTimestamp(bytes)).toHaveProperty('fault');
  });

  test('has no prefix that is one', () => {
    for (let length = 0; length < helloWorld.length; length++) {
      expect(readTimestamp(helloWorld.subarray(0, length))).toHaveProperty('fault');
    }
  });

  test('is read of any bytes, without an exception', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(readTimestamp(concatBytes(head, digest, bytes))).toBeDefined();
        expect(readTimestamp(bytes)).toHaveProperty('fault');
      }),
    );
  });
});
