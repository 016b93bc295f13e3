import { createServer } from 'node:http';
import type { SiteObject } from '../../status-page/site/index.ts';
import { responseHeaders } from '../../status-page/site/index.ts';

/** Objects by their paths, served as a distribution would: with the policy as a header, an index at `/`, and 404 for the rest. */
export async function serveSite(
  objects: ReadonlyMap<string, Pick<SiteObject, 'bytes' | 'contentType'>>,
  explorers: readonly string[],
) {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').replace(/^\//, '').replace(/\?.*$/s, '');
    requests.push(request.url ?? '');
    const found = objects.get(path === '' ? 'index.html' : path);
    for (const [name, value] of Object.entries(responseHeaders(explorers))) {
      // There is no TLS on loopback to be strict about.
      if (name !== 'strict-transport-security') response.setHeader(name, value);
    }
    if (found === undefined) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': found.contentType }).end(found.bytes);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    requests,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
