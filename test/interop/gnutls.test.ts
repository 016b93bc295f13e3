import { describeForeignClient } from './foreign-client.ts';
import { describeForeignServer } from './foreign-server.ts';
import { gnutlsClient, gnutlsServer } from './peers/gnutls.ts';

describeForeignClient(gnutlsClient);
describeForeignServer(gnutlsServer);
