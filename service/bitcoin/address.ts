import { ripemd160 } from '@noble/hashes/legacy.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bech32, bech32m } from '@scure/base';
import { type Network, networks } from './network.ts';

/** BIP-141: what a segwit output pays to. */
export interface WitnessProgram {
  readonly version: number;
  readonly program: Uint8Array;
}

/** HASH160, which P2WPKH pays to. */
export const hash160 = (bytes: Uint8Array): Uint8Array => ripemd160(sha256(bytes));

/** What a compressed public key is paid to by its hash: P2WPKH (BIP-141). */
export function p2wpkhProgram(publicKey: Uint8Array): WitnessProgram {
  if (publicKey.length !== 33) {
    throw new RangeError(`a public key of ${publicKey.length} bytes; P2WPKH takes a compressed one of 33 (BIP-143)`);
  }
  return { version: 0, program: hash160(publicKey) };
}

/** BIP-350: version 0 in Bech32, all others in Bech32m. */
export function encodeSegwitAddress({ version, program }: WitnessProgram, network: Network): string {
  if (!allows(version, program.length)) {
    throw new RangeError(`no witness program has version ${version} and ${program.length} bytes (BIP-141)`);
  }
  const code = version === 0 ? bech32 : bech32m;
  return code.encode(network.hrp, [version, ...code.toWords(program)]);
}

/** BIP-350, in full strictness. Undefined for what is no segwit address of a network we know. */
export function decodeSegwitAddress(address: string): (WitnessProgram & { readonly hrp: Network['hrp'] }) | undefined {
  for (const [code, fits] of codes) {
    const decoded = code.decodeUnsafe(address);
    const network = Object.values(networks).find(({ hrp }) => hrp === decoded?.prefix);
    if (decoded === undefined || network === undefined) continue;
    const [version, ...words] = decoded.words;
    const program = code.fromWordsUnsafe(words);
    if (version === undefined || !(program instanceof Uint8Array)) continue;
    if (fits(version) && allows(version, program.length)) return { version, program, hrp: network.hrp };
  }
  return undefined;
}

const codes = [
  [bech32, (version: number) => version === 0],
  [bech32m, (version: number) => version !== 0],
] as const;

/** BIP-141: versions 0 to 16, 2 to 40 bytes, and at version 0 only 20 or 32. */
const allows = (version: number, length: number): boolean =>
  version >= 0 && version <= 16 && length >= 2 && length <= 40 && (version !== 0 || length === 20 || length === 32);

/** The locking script of a witness program (BIP-141): version, then the push of the program. */
export function scriptPubKey({ version, program }: WitnessProgram): Uint8Array {
  const script = new Uint8Array(2 + program.length);
  script[0] = version === 0 ? 0 : 0x50 + version;
  script[1] = program.length;
  script.set(program, 2);
  return script;
}
