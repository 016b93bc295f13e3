import { describeForeignClient } from './foreign-client.ts';
import { describeForeignServer } from './foreign-server.ts';
import { opensslClient, opensslServer } from './peers/openssl.ts';

describeForeignClient(opensslClient);
describeForeignServer(opensslServer);
