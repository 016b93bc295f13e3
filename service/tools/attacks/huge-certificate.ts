import { attack } from '../attack.ts';

/* 24 bits of length are 16 MiB for each connection, if one believes them. */
export default attack({
  title: 'a certificate of 20 KiB, and one of 16 MiB, announced',
  threats: ['J8'],
  rfc: 'RFC 9846 §4.4.2',
  as: 'client',
  variants: { '20-kib': false, '16-mib-announced': true },
  expect: { alert: 'bad_certificate', category: 'cert.too_big' },
  async play(client, _kit, announced) {
    client.hello();
    await client.serverFlight();
    if (announced) client.record(22, Uint8Array.of(11, 0xff, 0xff, 0xff, 0));
    else client.certificate([new Uint8Array(20_000)]);
  },
});
