import { describeForeignClient } from './foreign-client.ts';
import { describeForeignServer } from './foreign-server.ts';
import { nodeClient, nodeServer } from './peers/node-tls.ts';

describeForeignClient(nodeClient);
describeForeignServer(nodeServer);
