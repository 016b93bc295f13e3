import { concatBytes } from '@noble/hashes/utils.js';
import { attack } from '../attack.ts';

/* A compare that stops at the shorter of two takes an empty Finished for right. */
export default attack({
  title: 'a Finished that is short, long, or empty',
  threats: ['J9'],
  rfc: 'RFC 9846 §4.4.4',
  as: 'client',
  variants: {
    'a-byte-short': (right: Uint8Array) => right.subarray(1),
    'a-byte-long': (right: Uint8Array) => concatBytes(right, right.subarray(0, 1)),
    empty: () => new Uint8Array(0),
  },
  expect: { alert: 'decode_error', category: 'parse.error' },
  async play(client, kit, change) {
    const { chain, signer } = kit.genuine();
    client.hello();
    await client.serverFlight();
    client.certificate(chain);
    client.certificateVerify(signer);
    client.say(client.finishedMessage(change(client.verifyData())));
  },
});
