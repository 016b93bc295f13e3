import { attack } from '../attack.ts';

/* The record layer must not hand out a byte of what does not authenticate, and must not try again. */

const flip = (bytes: Uint8Array, place: number): Uint8Array =>
  bytes.map((byte, at) => (at === place ? byte ^ 1 : byte));

export default attack({
  title: 'sealed records: one bit flipped, the header changed, replayed, too short',
  threats: ['R1', 'R2'],
  rfc: 'RFC 9846 §5.2',
  as: 'client',
  variants: {
    'one-bit': (record: Uint8Array) => [flip(record, 40)],
    'its-header': (record: Uint8Array) => [flip(record, 2)],
    'its-tag': (record: Uint8Array) => [flip(record, record.length - 1)],
    twice: (record: Uint8Array) => [record, record],
    'shorter-than-its-tag': () => [Uint8Array.of(23, 3, 3, 0, 15, ...new Uint8Array(15))],
  },
  expect: { alert: 'bad_record_mac', category: 'bad_record_mac' },
  async play(client, kit, change) {
    client.hello();
    await client.serverFlight();
    const record = client.sealed(22, client.certificateMessage([await kit.published('bounty: client')]));
    for (const bytes of change(record)) client.raw(bytes, 'a sealed record, changed');
  },
});
