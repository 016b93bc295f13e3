import { answers, attack } from '../attack.ts';

/* Where one program ends a string at NUL, or a line at CR, the next does not. */
const field = (line: string): string => `GET / HTTP/1.1\r\nHost: localhost\r\n${line}\r\n\r\n`;

export default attack({
  title: 'bytes that have no place in the head of a request',
  threats: ['J15', 'J10'],
  rfc: 'RFC 9110 §5.5',
  as: 'visitor',
  variants: {
    'nul-in-a-value': field('X: a\0b'),
    'nul-in-a-name': field('X\0: a'),
    'nul-in-the-path': 'GET /ca.pem\0.html HTTP/1.1\r\nHost: localhost\r\n\r\n',
    'tab-in-the-request-line': 'GET\t/ HTTP/1.1\r\nHost: localhost\r\n\r\n',
    'two-spaces-in-the-request-line': 'GET  / HTTP/1.1\r\nHost: localhost\r\n\r\n',
    'vertical-tab': field('Content-Length:\v0'),
    'escape-sequence': field('X: \u001b]0;mine\u0007'),
    delete: field('X: \u007f'),
    'high-byte-in-a-name': field('X\u00ff: a'),
    'high-byte-in-the-path': 'GET /\u00e9 HTTP/1.1\r\nHost: localhost\r\n\r\n',
  },
  expect: answers(400),
  play(visitor, _kit, text) {
    visitor.say(text);
  },
});
