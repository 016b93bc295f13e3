import { attack } from '../attack.ts';

/*
 * SMACK (2015): servers that let a client leave CertificateVerify out. Anybody can copy a certificate from the page; the
 * signature is what shows that its key is ours.
 */
export default attack({
  title: 'a genuine certificate, and Finished, without CertificateVerify',
  threats: ['S1'],
  rfc: 'RFC 9846 §4.4.3',
  as: 'client',
  expect: { alert: 'unexpected_message', category: 'handshake.unexpected' },
  async play(client, kit) {
    client.hello();
    await client.serverFlight();
    client.certificate([await kit.published('bounty: client')]);
    kit.note('certificate_verify is left out');
    client.finished();
  },
});
