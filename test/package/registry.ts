import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { finished } from '../../infra/build/finished.ts';

/*
 * A registry of npm in which btc-pinata is published, and which sends for all others to the one that this machine uses. It does not
 * say that the package has a shrinkwrap, as some do: then npm does not read it.
 */

export interface Registry extends AsyncDisposable {
  readonly url: string;
}

/** `manifest`: the package.json in `archive`. */
export async function registryWith(
  archive: string,
  manifest: { readonly name: string; readonly version: string },
): Promise<Registry> {
  const everybodys = (await finished('npm', ['config', 'get', 'registry'], { cwd: '/', env: process.env })).trim();
  const bytes = readFileSync(archive);
  const { name, version } = manifest;
  const path = `/${name}/-/${name}-${version}.tgz`;
  const server = createServer(({ url = '' }, response) => {
    const own = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    if (url === path) return void response.end(bytes);
    if (url !== `/${name}`)
      return void response.writeHead(302, { location: new URL(`.${url}`, everybodys).href }).end();
    const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
    const published = { ...manifest, dist: { tarball: `${own}${path}`, integrity } };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ name, 'dist-tags': { latest: version }, versions: { [version]: published } }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
