import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { Misuse, parseWords } from '../../service/tools/command-words.ts';
import { readKey } from './refund-command.ts';
import { Refusal } from './refusal.ts';
import { exits, runVerb } from './run-verb.ts';
import { secretSource } from './secret-input.ts';
import { SigningKey } from './signing-key.ts';
import { networkName } from './sweep-options.ts';

/** `btc-pinata refund-key`. */
export const refundKeyCommand = (argv: readonly string[]): Promise<number> =>
  runVerb('refund-key', () => {
    const { values, positionals } = parseWords({
      args: [...argv],
      allowPositionals: true,
      options: { network: { type: 'string' }, json: { type: 'boolean', default: false } },
    });
    const [action, word, ...more] = positionals;
    const file = (): string => {
      // A new key is not written to the standard output.
      if (word === undefined) throw new Misuse('FILE is wanted: where the key is, or is to be');
      return secretSource(word, more.length, 'with the key');
    };
    const say = (key: SigningKey): number => {
      const publicKey = bytesToHex(key.xOnly);
      key.destroy();
      process.stdout.write(`${values.json ? JSON.stringify({ publicKey, file: word }) : publicKey}\n`);
      return exits.done;
    };
    switch (action) {
      case 'new': {
        if (values.network === undefined)
          throw new Misuse('--network NAME is wanted: a key of a test network is written in another way');
        const key = made(file(), networkName(values.network) !== 'mainnet');
        console.error(`${word} has the private key: keep a copy away from the machine that runs the piñata.
The public key, for --refund-key:`);
        return say(key);
      }
      case 'show':
        return say(readKey(file()));
      case undefined:
        throw new Misuse('new or show is wanted');
      default:
        // What stands there is not repeated: it could be a key.
        throw new Misuse('the first word is neither new nor show');
    }
  });

/** Written before it is shown, and never over another: who has paid to a public key must have its private one. */
export function made(path: string, test: boolean): SigningKey {
  if (path === '-') throw new Misuse('a new key goes to a file that only you can read, not to the standard output');
  const key = SigningKey.fromEntropy(randomBytes(secp256k1.lengths.seed ?? 48), test);
  const wif = key.wif();
  try {
    const descriptor = openSync(path, 'wx', 0o600);
    writeSync(descriptor, wif);
    writeSync(descriptor, '\n');
    fsyncSync(descriptor);
    closeSync(descriptor);
    return key;
  } catch (error) {
    key.destroy();
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unwritable';
    throw new Refusal(
      code === 'EEXIST' ? `${path} is there already, and is not overwritten` : `${path} cannot be written (${code})`,
    );
  } finally {
    wif.fill(0);
  }
}
