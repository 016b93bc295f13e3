import { attack } from '../attack.ts';

/* Long chains make validators search: the number of paths explodes long before the number of bytes. */
export default attack({
  title: 'more certificates than a path may have',
  threats: ['C12'],
  rfc: 'RFC 9846 §4.4.2',
  as: 'client',
  expect: { alert: 'bad_certificate', category: 'cert.too_many' },
  async play(client, kit) {
    client.hello();
    await client.serverFlight();
    const leaf = await kit.published('bounty: client');
    client.certificate(Array.from({ length: 6 }, () => leaf));
  },
});
