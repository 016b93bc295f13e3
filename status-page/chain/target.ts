import { bech32, bech32m, hex } from '@scure/base';

/** What is watched. */
export interface Target {
  readonly address: string;
  /** The locking script of the address, lower-case hex: what outputs are compared by. */
  readonly script: string;
}

/** BIP-141, BIP-350: the script of a segwit address of any network. Undefined for what is none. */
export function targetOf(address: string): Target | undefined {
  for (const code of [bech32, bech32m]) {
    const [version, ...words] = code.decodeUnsafe(address)?.words ?? [];
    if (version === undefined || version > 16 || (version === 0) !== (code === bech32)) continue;
    const program = code.fromWordsUnsafe(words);
    if (!(program instanceof Uint8Array) || program.length < 2 || program.length > 40) continue;
    const opcode = version === 0 ? 0 : 0x50 + version;
    return { address, script: hex.encode(Uint8Array.of(opcode, program.length, ...program)) };
  }
  return undefined;
}
