import { attack } from '../attack.ts';

/* A record that was lost on the way must be missed: with the next sequence number nothing opens. */
export default attack({
  title: 'a sequence number left out',
  threats: ['R1'],
  rfc: 'RFC 9846 §5.3',
  as: 'client',
  expect: { alert: 'bad_record_mac', category: 'bad_record_mac' },
  async play(client, kit) {
    client.hello();
    await client.serverFlight();
    if (client.sealing !== undefined) client.sealing.sequence = 1;
    client.certificate([await kit.published('bounty: client')]);
  },
});
