import { attack } from '../attack.ts';

/* We ask to be called, and are the server when the call comes: with every right but a certificate. */
export default attack({
  title: 'the call back, answered with a certificate of our own authority',
  threats: ['X7'],
  rfc: 'RFC 9846 §4.4.2',
  as: 'caller',
  expect: { alert: 'none', category: 'dialback.triggered' },
  alsoCounted: ['x509.no_anchor'],
  async play(_caller, kit) {
    const server = await kit.called();
    kit.note('the piñata has called back');
    await server.shakeHands(kit.authority().issue({ purpose: 'serverAuth', dnsNames: ['server.btc-pinata.invalid'] }));
    const { alerts } = await server.ending();
    kit.note(`and says ${alerts.join(', ') || 'nothing'} there`);
    if (alerts.join() !== 'unknown_ca') throw new Error(`the call was to end with unknown_ca, not ${alerts.join()}`);
  },
});
