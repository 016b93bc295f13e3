import { attack } from '../attack.ts';

/* ALPACA: a handshake meant for one protocol, answered in another. ALPN binds it. */
export default attack({
  title: 'another application protocol than pinata/1',
  threats: ['X5'],
  rfc: 'RFC 7301 §3.2',
  as: 'client',
  variants: { h2: ['h2', 'http/1.1'], 'in-capitals': ['PINATA/1'] },
  expect: { alert: 'no_application_protocol', category: 'alpn.mismatch' },
  play(client, _kit, protocols) {
    client.hello({ protocols });
  },
});
