import { attack } from '../attack.ts';

/* Whoever can cut a line can end a stream early. Over TLS that is a truncation, and half a request is none. */
export default attack({
  title: 'over TLS: a request cut off, by FIN and without close_notify',
  threats: ['R5'],
  rfc: 'RFC 9846 §6.1',
  as: 'tls-visitor',
  variants: { 'in-its-head': 'GET /healthz HTTP/1.1\r\nHost: loc', 'in-its-last-line': 'GET /healthz HTTP/1.0\r\n' },
  expect: { answers: [], category: 'website.handshake' },
  play(visitor, _kit, text) {
    visitor.say(text);
    visitor.tls.leave('fin');
  },
});
