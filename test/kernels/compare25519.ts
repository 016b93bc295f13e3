import { ed25519 as nobleEd25519, x25519 as nobleX25519 } from '@noble/curves/ed25519.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { ed25519 } from '../../service/tls/kernels/ed25519.ts';
import { x25519 } from '../../service/tls/kernels/x25519.ts';
import { Draw, publicValue, signed, thirtyTwo } from './inputs25519.ts';

/** Inputs to each operation in `npm test`; test/kernels/million25519.ts has more. */
export const sampleSize = Number(process.env['PINATA_KERNEL_INPUTS'] ?? 500);

/** What came of so many inputs to each operation: `accepted` counts verified signatures, and secrets that were shared. */
export interface Comparison {
  readonly inputs: number;
  readonly accepted: number;
  readonly refused: number;
}

type Name = 'x25519.sharedSecret' | 'x25519.publicKey' | 'ed25519.sign' | 'ed25519.verify';

/** Ours and noble's over the same input, as text; `undefined` for what throws or does not verify. */
const operations: Readonly<
  Record<Name, (draw: Draw) => readonly [string | undefined, string | undefined, () => string]>
> = {
  'x25519.sharedSecret': (draw) => {
    const [secret, u] = [thirtyTwo(draw), publicValue(draw)];
    const input = () => `${bytesToHex(secret)} ${bytesToHex(u)}`;
    return [text(() => x25519.sharedSecret(secret, u)), text(() => nobleX25519.getSharedSecret(secret, u)), input];
  },
  'x25519.publicKey': (draw) => {
    const secret = thirtyTwo(draw);
    const input = () => bytesToHex(secret);
    return [text(() => x25519.publicKey(secret)), text(() => nobleX25519.getPublicKey(secret)), input];
  },
  'ed25519.sign': (draw) => {
    const [seed, message] = [thirtyTwo(draw), draw.bytes(draw.number(300))];
    const input = () => `${bytesToHex(seed)} ${bytesToHex(message)}`;
    const ours = text(() => ed25519.sign(message, seed));
    const keys = [text(() => ed25519.publicKey(seed)), text(() => nobleEd25519.getPublicKey(seed))] as const;
    return [`${keys[0]} ${ours}`, `${keys[1]} ${text(() => nobleEd25519.sign(message, seed))}`, input];
  },
  'ed25519.verify': (draw) => {
    const { signature, message, key } = signed(draw);
    const input = () => [signature, message, key].map(bytesToHex).join(' ');
    const noble = nobleEd25519.verify(signature, message, key, { zip215: false });
    return [ed25519.verify(signature, message, key) ? 'yes' : undefined, noble ? 'yes' : undefined, input];
  },
};

/** Throws for the first input of which the two do not say the same. */
export function compare(name: Name, inputs: number, seed: number): Comparison {
  const draw = new Draw(seed);
  let accepted = 0;
  for (let i = 0; i < inputs; i++) {
    const [ours, nobles, input] = operations[name](draw);
    if (ours !== nobles) throw new Error(`${name}(${input()}) is ${ours}, and with noble ${nobles}`);
    if (ours !== undefined) accepted++;
  }
  return { inputs, accepted, refused: inputs - accepted };
}

export const names: readonly Name[] = ['x25519.sharedSecret', 'x25519.publicKey', 'ed25519.sign', 'ed25519.verify'];

/** The test of RFC 7748 §5.2: the result is the next secret, and the secret the next u. */
export function iterated(times: number): string {
  let u = new Uint8Array(32);
  u[0] = 9;
  let k = u;
  for (let i = 0; i < times; i++) {
    const next = new Uint8Array(x25519.sharedSecret(k, u));
    u = k;
    k = next;
  }
  return bytesToHex(k);
}

function text(result: () => Uint8Array): string | undefined {
  try {
    return bytesToHex(result());
  } catch {
    return undefined;
  }
}
