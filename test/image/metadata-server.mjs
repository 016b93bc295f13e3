import { readFileSync } from 'node:fs';

/*
 * The instance metadata of EC2, version 2, for one connection on standard input and output: qemu starts it for each that a
 * guest opens to 169.254.169.254 (guestfwd). Its argument is the file with the user-data; without the token there is none.
 * JavaScript, since a guest waits for it twice, and Node takes a tenth of a second to strip types.
 */

const [userData = ''] = process.argv.slice(2);
const token = 'a-token-of-the-test==';

let received = '';
process.stdin.setEncoding('latin1');
process.stdin.on('data', (chunk) => {
  received += chunk;
  if (!received.includes('\r\n\r\n')) return;
  process.stdin.pause();
  process.stdout.write(answer(received), () => process.exit(0));
});

/** @param {string} request */
function answer(request) {
  const [line = '', ...fields] = request.split('\r\n');
  const headers = new Map(
    fields.map((field) => {
      const [name = '', value = ''] = field.split(/: ?(.*)/s);
      return [name.toLowerCase(), value];
    }),
  );
  if (line === 'PUT /latest/api/token HTTP/1.1') {
    return headers.has('x-aws-ec2-metadata-token-ttl-seconds')
      ? response('200 OK', token)
      : response('400 Bad Request', '');
  }
  if (headers.get('x-aws-ec2-metadata-token') !== token) return response('401 Unauthorized', '');
  if (line === 'GET /latest/user-data HTTP/1.1') return response('200 OK', readFileSync(userData, 'utf8'));
  return response('404 Not Found', '');
}

/** @type {(status: string, body: string) => string} */
const response = (status, body) =>
  `HTTP/1.1 ${status}\r\nServer: EC2ws\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`;
