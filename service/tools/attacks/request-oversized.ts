import { answers, attack, type Status } from '../attack.ts';

/* Whoever waits for the end of a line, or of a head, before it looks at the length may wait until it has no memory left. */

const head = 'GET / HTTP/1.1\r\nHost: localhost\r\n';
const fields = (count: number): string => Array.from({ length: count }, (_, number) => `X-${number}: a\r\n`).join('');

export default attack({
  title: 'a request line, fields, or a number of fields without end',
  threats: ['J15', 'J8'],
  rfc: 'RFC 9110 §15.5.15, RFC 6585 §5',
  as: 'visitor',
  variants: {
    'request-line': [`GET /${'a'.repeat(8000)}`, 414],
    method: ['A'.repeat(8000), 501],
    'a-value': [`${head}Cookie: ${'a'.repeat(9000)}`, 431],
    'a-name': [`${head}${'a'.repeat(9000)}`, 431],
    'many-fields': [`${head}${fields(100)}`, 431],
    'fields-that-are-empty': [`${head}${':\r\n'.repeat(100)}`, 400],
  } satisfies Record<string, readonly [text: string, status: Status]>,
  expect: ([, status]) => answers(status),
  play(visitor, _kit, [text]) {
    visitor.say(text); // no end: what is refused is refused before it comes
  },
});
