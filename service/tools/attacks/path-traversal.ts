import { answers, attack, type Status } from '../attack.ts';

/* A server of files can be talked out of its folder. This one has no folder: a path is looked up in a table, as it was sent. */
export default attack({
  title: 'paths that climb out of the folder, if there were one',
  threats: ['J14'],
  rfc: 'RFC 3986 §6.2.2.3',
  as: 'visitor',
  variants: {
    'two-dots': ['/../../../../etc/passwd', 404],
    'behind-a-path-there-is': ['/attempts/../../../etc/passwd', 404],
    'dots-escaped': ['/%2e%2e/%2e%2e/%2e%2e/etc/passwd', 404],
    'slashes-escaped': ['/..%2f..%2f..%2fetc%2fpasswd', 404],
    'escaped-twice': ['/%252e%252e%252fetc%252fpasswd', 404],
    'overlong-utf-8': ['/%c0%ae%c0%ae%c0%afetc/passwd', 404],
    backslashes: ['/..\\..\\windows\\win.ini', 400],
    'backslashes-escaped': ['/..%5c..%5cwindows%5cwin.ini', 404],
    'two-slashes': ['//etc/passwd', 404],
    'one-dot': ['/./ca.pem', 404],
    'a-slash-behind': ['/ca.pem/', 404],
    'nul-escaped': ['/ca.pem%00.html', 404],
    'no-slash': ['etc/passwd', 400],
    'a-drive': ['C:/windows/win.ini', 400],
    'a-file-url': ['file:///etc/passwd', 400],
    'the-environment': ['/proc/self/environ', 404],
  } satisfies Record<string, readonly [target: string, status: Status]>,
  expect: ([, status]) => answers(status),
  play(visitor, _kit, [target]) {
    visitor.request(`GET ${target} HTTP/1.1`, 'Host: localhost', 'Connection: close');
  },
});
