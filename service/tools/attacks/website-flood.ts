import { attack, type RogueClient } from '../attack.ts';

/* Port 8443 lets everybody through a handshake: what can be said after Finished can be said there at no cost. */
export default attack({
  title: 'over TLS: the same again and again, after a handshake that anybody can make',
  threats: ['S7', 'S9', 'S11'],
  rfc: 'RFC 9846 §4.6.3, §5.1, §6',
  as: 'tls-visitor',
  variants: {
    'key-updates': (tls: RogueClient) => tls.keyUpdate(),
    'empty-records': (tls: RogueClient) => tls.data(new Uint8Array(0)),
    warnings: (tls: RogueClient) => tls.alert(1, 90),
  },
  expect: { alert: 'unexpected_message', category: 'limit.flood' },
  play({ tls }, kit, once) {
    kit.note('forty times');
    for (let time = 0; time < 40; time += 1) once(tls);
  },
});
