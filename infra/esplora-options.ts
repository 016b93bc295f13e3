import { isIP } from 'node:net';
import { Misuse, parseWords, wholeNumber } from '../service/tools/command-words.ts';
import { type Credentials, fromCookie, fromPasswordFile } from '../status-page/esplora/rpc.ts';

export interface EsploraOptions {
  readonly rpc: string;
  readonly credentials: Credentials;
  readonly listen: string;
  readonly port: number;
  readonly fromHeight: number;
}

export function parseEsploraOptions(argv: readonly string[]): EsploraOptions {
  const { values } = parseWords({
    args: [...argv],
    options: {
      rpc: { type: 'string' },
      'cookie-file': { type: 'string' },
      'rpc-user': { type: 'string' },
      'rpc-password-file': { type: 'string' },
      listen: { type: 'string', default: '127.0.0.1' },
      port: { type: 'string', default: '3002' },
      'from-height': { type: 'string', default: '0' },
    },
  });
  const { rpc, listen } = values;
  if (rpc === undefined) throw new Misuse('--rpc is wanted: the URL of the node, as http://127.0.0.1:8332');
  const url = URL.canParse(rpc) ? new URL(rpc) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw new Misuse(`--rpc is ${JSON.stringify(rpc)}; allowed are http: and https: URLs`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new Misuse('--rpc has a user or a password in it, which every process could read; put them into files');
  }
  if (isIP(listen) === 0) throw new Misuse(`--listen is ${JSON.stringify(listen)}; allowed are addresses, as ::1`);
  return {
    rpc,
    credentials: credentialsOf(values['cookie-file'], values['rpc-user'], values['rpc-password-file']),
    listen,
    port: wholeNumber('--port', values.port, 0, 65_535),
    fromHeight: height(values['from-height']),
  };
}

function credentialsOf(cookie: string | undefined, user: string | undefined, file: string | undefined): Credentials {
  const named = user !== undefined || file !== undefined;
  if (cookie !== undefined && named) throw new Misuse('--cookie-file and --rpc-user exclude each other');
  if (cookie !== undefined) return fromCookie(cookie);
  if (user === undefined || file === undefined) {
    throw new Misuse('--cookie-file is wanted, or --rpc-user and --rpc-password-file');
  }
  return fromPasswordFile(user, file);
}

function height(text: string): number {
  if (/^\d{1,8}$/.test(text)) return Number(text);
  throw new Misuse(`--from-height is ${JSON.stringify(text)}; allowed are whole numbers from 0 to 99999999`);
}
