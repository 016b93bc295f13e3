import { attack } from '../attack.ts';

/* Warnings used to be passed over, so that a peer could keep a connection busy for ever (CVE-2016-8610). */
export default attack({
  title: 'a flood of warning alerts',
  threats: ['S9'],
  rfc: 'RFC 9846 §6',
  as: 'client',
  expect: { alert: 'unexpected_message', category: 'limit.flood' },
  play(client) {
    for (let count = 0; count < 10; count++) client.alert(1, 90);
  },
});
