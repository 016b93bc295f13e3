import { attack } from '../attack.ts';

/* CVE-2014-0160: a heartbeat that says it is 16 KiB long, and is not. 6 % of all attempts on the original. */

/** heartbeat_request, of 16384 bytes that are not there. */
const request = Uint8Array.of(1, 0x40, 0);

export default attack({
  title: 'a heartbeat request that is longer than itself',
  threats: ['J3'],
  rfc: 'RFC 6520 §4',
  as: 'client',
  variants: { 'first-of-all': undefined, 'after-the-hello': false, encrypted: true },
  expect: { alert: 'unexpected_message', category: 'heartbeat' },
  async play(client, _kit, sealed) {
    if (sealed !== undefined) {
      client.hello();
      await client.serverFlight();
    }
    if (sealed === true) client.record(24, request);
    else client.clearRecord(24, request);
  },
});
