import './choose.ts';
import { describeForeignClient } from '../interop/foreign-client.ts';
import { describeForeignServer } from '../interop/foreign-server.ts';
import { gnutlsClient, gnutlsServer } from '../interop/peers/gnutls.ts';
import { nodeClient, nodeServer } from '../interop/peers/node-tls.ts';
import { nssClient, nssServer } from '../interop/peers/nss.ts';
import { opensslClient, opensslServer } from '../interop/peers/openssl.ts';

for (const client of [nodeClient, opensslClient, gnutlsClient, nssClient]) describeForeignClient(client, 'in brief');
for (const server of [nodeServer, opensslServer, gnutlsServer, nssServer]) describeForeignServer(server, 'in brief');
