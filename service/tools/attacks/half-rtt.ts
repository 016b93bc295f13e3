import { attack } from '../attack.ts';

/* The server has its application keys before it knows who we are. A server that speaks that early (0.5-RTT) tells everybody. */
export default attack({
  title: "listen after the server's Finished, and leave without saying who we are",
  threats: ['S3'],
  rfc: 'RFC 9846 §4.4.4',
  as: 'client',
  expect: { alert: 'none', category: 'eof' },
  async play(client, kit) {
    client.hello();
    await client.serverFlight();
    kit.note('the server could seal application data now; half a second for it to try');
    await kit.wait(500);
    client.leave();
  },
});
