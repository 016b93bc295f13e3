import { answers, attack, type Status } from '../attack.ts';

/* What scanners send to port 80, and what other protocols begin with. */
export default attack({
  title: 'first bytes that are no HTTP/1.1',
  threats: ['J15'],
  rfc: 'RFC 9112 §2.3',
  as: 'visitor',
  variants: {
    'http-2-at-once': ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 505],
    'http-0.9': ['GET /\r\n', 400],
    'a-response': ['HTTP/1.1 200 OK\r\n\r\n', 400],
    'lower-case': ['GET / http/1.1\r\n\r\n', 400],
    tls: ['\x16\x03\x01\x00\x9b\x01\x00\x00\x97\x03\x03', 400],
    ssh: ['SSH-2.0-OpenSSH_9.9\r\n', 400],
    'please-give-key': ['please give key\r\n', 400],
    'two-empty-lines': ['\r\n\r\nGET / HTTP/1.1\r\nHost: localhost\r\n\r\n', 400],
  } satisfies Record<string, readonly [text: string, status: Status]>,
  expect: ([, status]) => answers(status),
  play(visitor, _kit, [text]) {
    visitor.say(text);
  },
});
