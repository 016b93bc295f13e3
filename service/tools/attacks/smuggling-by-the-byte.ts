import { answers, attack } from '../attack.ts';

/* What is decided must not depend on how it was cut: each byte in a record of its own, and padding behind it. */
export default attack({
  title: 'over TLS: a request with two lengths, a byte a record',
  threats: ['J15', 'S11'],
  rfc: 'RFC 9112 §6.3',
  as: 'tls-visitor',
  expect: answers(400),
  play(visitor) {
    const text = 'GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nContent-Length: 44\r\n\r\n';
    for (const letter of text) visitor.tls.record(23, Uint8Array.of(letter.charCodeAt(0)), 7);
  },
});
