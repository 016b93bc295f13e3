import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { receive, refuseFirstBytes, server, wouldRefuseFirstBytes } from '../../service/tls/index.ts';
import { environment } from './pair.ts';
import { serverConfig, world } from './pki.ts';

const config = serverConfig(world());

/** The shortcut and the session it stands for, on the same bytes. */
function judged(bytes: Uint8Array) {
  const { out, events, status } = receive(server(config, environment()), bytes);
  const refused = refuseFirstBytes(bytes);
  expect(wouldRefuseFirstBytes(bytes)).toBe(refused !== undefined);
  return { refused, session: status === 'failed' ? { out, events } : undefined };
}

describe('first bytes refused without a session', () => {
  test('every pair of first bytes: the very step of a session, and none where a session goes on', () => {
    let refusals = 0;
    for (let first = 0; first < 256; first++) {
      // The second byte decides with 3 or without: its other values are one case, taken at both ends.
      for (const second of [0, 2, 3, 4, 255]) {
        const { refused, session } = judged(Uint8Array.of(first, second));
        expect(refused).toEqual(session);
        if (refused !== undefined) refusals++;
      }
    }
    expect(refusals).toBe(256 * 5 - 2); // but an alert and a handshake of version 3
  });

  test('every header, whole or cut: refused if, and only if, a session refuses it as it stands', () => {
    const contentType = fc.oneof(fc.constantFrom(20, 21, 22, 23, 24), fc.nat(255));
    const version = fc.oneof(fc.constant(3), fc.nat(255));
    const header = fc.tuple(contentType, version, fc.nat(255), fc.nat(255), fc.nat(255)).map((b) => Uint8Array.from(b));
    fc.assert(
      fc.property(header, fc.integer({ min: 0, max: 5 }), (bytes, length) => {
        const { refused, session } = judged(bytes.subarray(0, length));
        const isEmptyRecord = length === 5 && bytes[3] === 0 && bytes[4] === 0;
        // An empty record is whole with its header, and what a session says of it is not told from the header alone.
        if (!isEmptyRecord || refused !== undefined) expect(refused).toEqual(session);
      }),
    );
  });

  test('what is behind the header does not matter', () => {
    const http = new TextEncoder().encode('GET / HTTP/1.1\r\nHost: pinata.example\r\n\r\n');
    expect(refuseFirstBytes(http)).toEqual(refuseFirstBytes(http.subarray(0, 5)));
    expect(judged(http).refused).toEqual(judged(http).session);
  });
});
