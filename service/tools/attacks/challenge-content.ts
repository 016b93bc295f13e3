import { answers, attack, type Status } from '../attack.ts';

/*
 * /challenge alone takes content, of 32 bytes and no other length. Where two programs disagree on where it ends, what stands
 * behind it is a request to one of them.
 */

const hidden = 'GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n';
const bytes = 'c'.repeat(32);
const post = (fields: string, content = bytes): string =>
  `POST /challenge HTTP/1.1\r\nHost: localhost\r\n${fields}\r\n${content}${hidden}`;

export default attack({
  title: 'the content of a challenge: of two lengths, of another, of none, and a request in it',
  threats: ['J15'],
  rfc: 'RFC 9112 §6.3',
  as: 'visitor',
  variants: {
    'cl-te': [post('Content-Length: 32\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'), 400],
    'te-cl': [post('Transfer-Encoding: chunked\r\nContent-Length: 32\r\n', '20\r\n'), 400],
    'te-alone': [post('Transfer-Encoding: chunked\r\n', `20\r\n${bytes}\r\n0\r\n\r\n`), 501],
    'two-cl': [post(`Content-Length: 32\r\nContent-Length: ${32 + hidden.length}\r\n`), 400],
    'no-length': [post(''), 411],
    'a-byte-less': [post('Content-Length: 31\r\n'), 400],
    'a-byte-more': [post('Content-Length: 33\r\n'), 413],
    'a-gigabyte': [post('Content-Length: 1073741824\r\n'), 413],
    'more-than-a-number-holds': [post(`Content-Length: ${'9'.repeat(400)}\r\n`), 413],
    'in-octal': [post('Content-Length: 040\r\n'), 400],
    'expects-100': [post('Content-Length: 32\r\nExpect: 100-continue\r\n'), 417],
    'content-of-a-get': [
      `GET /challenge HTTP/1.1\r\nHost: localhost\r\nContent-Length: 32\r\n\r\n${bytes}${hidden}`,
      413,
    ],
    // It is content, whatever it looks like; and who said `close` has said all.
    'a-request-as-content': [post('Content-Length: 32\r\nConnection: close\r\n', hidden.slice(0, 32)), 202],
  } satisfies Record<string, readonly [text: string, status: Status]>,
  expect: ([, status]) => answers(status),
  play(visitor, _kit, [text]) {
    visitor.say(text);
  },
});
