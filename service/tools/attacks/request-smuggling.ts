import { answers, attack, type Status } from '../attack.ts';

/*
 * Two parsers that read one stream differently disagree on where a request ends, and one of them takes for a request what
 * the other took for content. Behind each of these hides one: it must never be answered.
 */

const hidden = 'GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n';
const get = (lines: string): string => `GET / HTTP/1.1\r\nHost: localhost\r\n${lines}\r\n${hidden}`;
const post = (lines: string, content: string): string =>
  `POST / HTTP/1.1\r\nHost: localhost\r\n${lines}\r\n${content}${hidden}`;

export default attack({
  title: 'two lengths, two encodings, lines that are two: a second request hidden in the first',
  threats: ['J15'],
  rfc: 'RFC 9112 §6.3, §11.2',
  as: 'visitor',
  variants: {
    'cl-te': [post('Content-Length: 6\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\nG'), 400],
    'te-cl': [post('Transfer-Encoding: chunked\r\nContent-Length: 4\r\n', '5c\r\n'), 400],
    'te-and-cl-of-0': [get('Transfer-Encoding: chunked\r\nContent-Length: 0\r\n'), 400],
    'te-of-a-get': [get('Transfer-Encoding: chunked\r\n'), 501],
    'te-in-1.0': ['GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n'.concat(hidden), 400],
    'cl-of-a-get': [get(`Content-Length: ${hidden.length}\r\n`), 413],
    'two-cl-that-differ': [get(`Content-Length: 0\r\nContent-Length: ${hidden.length}\r\n`), 400],
    'two-cl-that-agree': [get('Content-Length: 0\r\nContent-Length: 0\r\n'), 400],
    'cl-as-a-list': [get('Content-Length: 0, 0\r\n'), 400],
    'cl-with-a-sign': [get('Content-Length: +0\r\n'), 400],
    'cl-in-hexadecimal': [get('Content-Length: 0x2a\r\n'), 400],
    'space-before-the-colon': [get(`Content-Length : ${hidden.length}\r\n`), 400],
    'obs-fold': [get(`X: a\r\n Content-Length: ${hidden.length}\r\n`), 400],
    'obs-fold-by-a-tab': [get('X: a\r\n\tTransfer-Encoding: chunked\r\n'), 400],
    'bare-lf': [get('X: a\nTransfer-Encoding: chunked\r\n'), 400],
    'bare-lf-at-the-end': ['GET / HTTP/1.1\r\nHost: localhost\r\n\n'.concat(hidden), 400],
    'bare-cr': [get('X: a\rTransfer-Encoding: chunked\r\n'), 400],
    'two-hosts': [get('Host: elsewhere\r\n'), 400],
    'a-request-among-the-fields': [get('GET /smuggled HTTP/1.1\r\n'), 400],
  } satisfies Record<string, readonly [text: string, status: Status]>,
  expect: ([, status]) => answers(status),
  play(visitor, _kit, [text]) {
    visitor.say(text);
  },
});
