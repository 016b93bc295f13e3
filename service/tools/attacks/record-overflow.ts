import { recordHeader } from '../../tls/record.ts';
import { attack } from '../attack.ts';

/* A record may hold 2^14 bytes, sealed 256 more. A buffer of that size and a header that says otherwise is a classic. */
export default attack({
  title: 'records that are longer than a record may be',
  threats: ['R3'],
  rfc: 'RFC 9846 §5.1, §5.2',
  as: 'client',
  variants: { clear: 'clear', sealed: 'sealed', opened: 'opened', padding: 'padding' },
  expect: { alert: 'record_overflow', category: 'record.overflow' },
  async play(client, _kit, kind) {
    if (kind === 'clear') return client.raw(recordHeader(22, 2 ** 14 + 1), 'a header of a record that is too long');
    client.hello();
    await client.serverFlight();
    if (kind === 'sealed') client.raw(recordHeader(23, 2 ** 14 + 257), 'a header of a record that is too long');
    else if (kind === 'opened') client.record(22, new Uint8Array(2 ** 14 + 1).fill(1));
    else client.record(22, Uint8Array.of(11), 2 ** 14 + 1);
  },
});
