import { answers, attack, type Status } from '../attack.ts';

/* A proxy fetches what it is asked for, from wherever it is asked to. This is none, and the name in a URL decides nothing. */

const asking = (line: string, host = 'localhost') => [line, `Host: ${host}`, 'Connection: close'] as const;

export default attack({
  title: 'absolute-form, authority-form and asterisk-form: the website as a proxy',
  threats: ['J15'],
  rfc: 'RFC 9112 §3.2',
  as: 'visitor',
  variants: {
    'metadata-service': [asking('GET http://169.254.169.254/latest/meta-data/ HTTP/1.1', '169.254.169.254'), 404],
    'another-name-than-host': [asking('GET http://elsewhere.example/healthz HTTP/1.1'), 200],
    'no-authority': [asking('GET http:///healthz HTTP/1.1'), 400],
    'a-user-before-the-name': [asking('GET http://localhost@elsewhere.example/ HTTP/1.1'), 400],
    'an-empty-name': [asking('GET http://:80/healthz HTTP/1.1'), 400],
    'another-scheme': [asking('GET ftp://localhost/healthz HTTP/1.1'), 400],
    'a-fragment': [asking('GET /healthz#there HTTP/1.1'), 400],
    connect: [asking('CONNECT elsewhere.example:443 HTTP/1.1', 'elsewhere.example'), 405],
    asterisk: [asking('OPTIONS * HTTP/1.1'), 405],
    'asterisk-of-a-get': [asking('GET * HTTP/1.1'), 400],
    trace: [asking('TRACE / HTTP/1.1'), 405],
    'no-host': [['GET / HTTP/1.1', 'Connection: close'], 400],
    'a-space-in-host': [asking('GET / HTTP/1.1', 'local host'), 400],
  } satisfies Record<string, readonly [lines: readonly [string, ...string[]], status: Status]>,
  expect: ([, status]) => answers(status),
  play(visitor, _kit, [[line, ...fields]]) {
    visitor.request(line, ...fields);
  },
});
