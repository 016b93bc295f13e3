import { diallerCommand } from '../sandbox/dialler.ts';
import { walletCommand } from '../wallet.ts';

/* What a host runs beside the service, in one file: the dialler, and the making of the wallet. */

async function main([verb, ...words]: readonly string[]): Promise<number> {
  switch (verb) {
    case 'dialler':
      return diallerCommand(words);
    case 'wallet':
      return walletCommand(words);
    default:
      process.stderr.write(`btc-pinata-host: ${JSON.stringify(verb ?? '')} is none of its verbs: dialler, wallet\n`);
      return 2;
  }
}

void main(process.argv.slice(2)).then((status) => {
  process.exitCode = status;
});
