import { attack, forger } from '../attack.ts';

/* A client without a certificate says so by an empty list. A server that asked out of politeness goes on; this one must not. */
export default attack({
  title: 'an empty Certificate: anonymous, and fine?',
  threats: ['S2'],
  rfc: 'RFC 9846 §4.4.2.4',
  as: 'client',
  variants: { 'with-finished': false, 'with-a-signature': true },
  expect: { alert: 'certificate_required', category: 'cert.none' },
  async play(client, _kit, signed) {
    client.hello();
    await client.serverFlight();
    client.certificate([]);
    if (signed) client.certificateVerify(forger(new Uint8Array(70)));
    client.finished();
  },
});
