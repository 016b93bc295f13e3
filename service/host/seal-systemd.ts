import { spawnSync } from 'node:child_process';
import { sha256 } from '@noble/hashes/sha2.js';
import type { PreparedSeal } from './seal-passphrase.ts';
import type { SystemdSeal } from './sealed-wallet-format.ts';
import { Unstartable } from './unstartable.ts';

/*
 * The key sealed by systemd-creds(1): under the machine's own key, and its TPM where it has one. The key goes through pipes
 * alone. The tool authenticates a name and nothing else, so what it seals begins with the hash of the file's head.
 */

const tool = 'systemd-creds';
const credential = 'btc-pinata-wallet';
const hashLength = 32;

export const systemdSeal: PreparedSeal<SystemdSeal> = {
  parameters: { method: 'systemd-creds', name: credential },
  seal: (head, secret) => {
    const plaintext = new Uint8Array([...sha256(head), ...secret]);
    secret.fill(0);
    return run('encrypt', credential, plaintext);
  },
};

/** The secret is the caller's to zero. Throws an Unstartable where the tool is missing, or refuses. */
export function openSystemdSeal({ name }: SystemdSeal, head: Uint8Array, sealed: Uint8Array): Uint8Array | 'changed' {
  const plaintext = run('decrypt', name, sealed.slice());
  const expected = sha256(head);
  const fits = plaintext.length > hashLength && expected.every((byte, index) => byte === plaintext[index]);
  const secret = fits === true ? plaintext.slice(hashLength) : 'changed';
  plaintext.fill(0);
  return secret;
}

/** Zeroes `input`. */
function run(verb: 'encrypt' | 'decrypt', name: string, input: Uint8Array): Uint8Array {
  const { error, status, stdout, stderr } = spawnSync(tool, [verb, `--name=${name}`, '-', '-'], {
    input,
    timeout: 30_000,
    maxBuffer: 65_536,
  });
  input.fill(0);
  if (error === undefined && status === 0 && stdout.length > 0) {
    const output = new Uint8Array(stdout);
    stdout.fill(0);
    return output;
  }
  stdout?.fill(0);
  throw new Unstartable(
    `--seal-systemd-creds: ${problem(error, status, stderr)}; ` +
      (verb === 'encrypt'
        ? 'run as root on a machine with systemd 250 or later, or seal with --seal-passphrase-file'
        : 'the key is sealed for the machine, and its TPM, that it was made on: nothing else opens it'),
  );
}

function problem(error: Error | undefined, status: number | null, stderr: Buffer | null): string {
  if (error !== undefined) {
    const code = 'code' in error ? String(error.code) : 'failed';
    return code === 'ENOENT' ? `there is no ${tool} on this machine` : `${tool} could not be run (${code})`;
  }
  const [line = ''] = (stderr ?? Buffer.alloc(0))
    .toString('latin1')
    .replace(/[^ -~\n]/g, '')
    .split('\n');
  return `${tool} ended with ${status ?? 'a signal'}${line === '' ? '' : ` (${line.slice(0, 200)})`}`;
}
