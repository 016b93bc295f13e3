import { describeForeignClient } from './foreign-client.ts';
import { describeForeignServer } from './foreign-server.ts';
import { nssClient, nssServer } from './peers/nss.ts';

describeForeignClient(nssClient);
describeForeignServer(nssServer);
