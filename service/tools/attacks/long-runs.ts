import { answers, attack, type Status } from '../attack.ts';

/* A parser that goes back to try otherwise takes time that grows with the square of such a run, or faster (ReDoS). */

/** What fits into a request line, and into the field lines. */
const [LINE, FIELDS] = [4000, 8000];

const asking = (target: string, ...fields: readonly string[]): readonly string[] => [
  `GET ${target} HTTP/1.1`,
  'Host: localhost',
  'Connection: close',
  ...fields,
];
const hosting = (host: string): readonly string[] => ['GET / HTTP/1.1', `Host: ${host}`];

export default attack({
  title: 'long runs of what a backtracking parser tries twice',
  threats: ['J4'],
  rfc: 'RFC 9112 §3, §5',
  as: 'visitor',
  variants: {
    'escapes-in-the-path': [asking(`/${'%2e'.repeat(LINE / 3)}`), 404],
    'an-escape-cut-short': [asking(`/${'%2e'.repeat(LINE / 3)}%2`), 400],
    'slashes-in-the-path': [asking('/'.repeat(LINE)), 404],
    'question-marks': [asking(`/nothing${'?'.repeat(LINE)}`), 404],
    'pairs-in-the-query': [asking(`/attempts?${'a=b&'.repeat(LINE / 4)}`), 400],
    'colons-in-a-url': [asking(`http://${'a:'.repeat(LINE / 2)}/`), 400],
    'digits-in-the-version': [[`GET / HTTP/1.${'1'.repeat(LINE)}`], 400],
    'colons-in-host': [hosting(':'.repeat(FIELDS)), 400],
    'escapes-in-host': [hosting(`${'%41'.repeat(FIELDS / 3)}@`), 400],
    'a-bracket-never-closed': [hosting(`[${':'.repeat(FIELDS)}`), 400],
    'spaces-in-a-value': [asking('/nothing', `X: ${' '.repeat(FIELDS)}x`), 404],
    'spaces-behind-a-value': [asking('/nothing', `X: x${' \t'.repeat(FIELDS / 2)}`), 404],
    'letters-before-a-space': [asking('/nothing', `${'a'.repeat(FIELDS)} : x`), 400],
    'commas-in-connection': [asking('/nothing', `Connection: ${', '.repeat(FIELDS / 2)}`), 404],
    'entity-tags': [asking('/healthz', `If-None-Match: ${'"a", W/'.repeat(FIELDS / 8)}"`), 200],
    'digits-in-a-length': [asking('/nothing', `Content-Length: ${'0'.repeat(FIELDS)}`), 404],
    'digits-and-a-letter': [asking('/nothing', `Content-Length: ${'0'.repeat(FIELDS)}x`), 400],
  } satisfies Record<string, readonly [lines: readonly string[], status: Status]>,
  expect: ([, status]) => answers(status),
  play(visitor, _kit, [[line = '', ...fields]]) {
    visitor.request(line, ...fields);
  },
});
