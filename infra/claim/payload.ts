import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import {
  type PublicDescriptor,
  readPublicDescriptor,
  vaultDescriptor,
  wpkhDescriptor,
} from '../../service/bitcoin/descriptor.ts';
import { type NetworkName, networkNames } from '../../service/bitcoin/network.ts';
import { controlBlock } from '../../service/bitcoin/taproot.ts';
import { vaultOf } from '../../service/bitcoin/vault.ts';
import { classicLock, type Lock, vaultLock } from './lock.ts';
import { equal, type FieldName, fieldsOf, linesOf, title } from './payload-lines.ts';
import { Refusal } from './refusal.ts';
import { SigningKey } from './signing-key.ts';

/*
 * What a piñata releases (service/bitcoin/payload.ts), read strictly: every line is known, there once, and fits all others.
 * A text that was cut or mistyped is found out before anything is signed. What is secret in it stays bytes.
 */

export interface Claimed {
  readonly kind: 'classic' | 'vault';
  readonly network: NetworkName;
  /** Of a vault: from here on the operator can take the coins too. */
  readonly refundHeight: number | undefined;
  readonly key: SigningKey;
  readonly lock: Lock;
}

/** What the command line adds to a key that comes alone. */
export interface Beside {
  readonly network: NetworkName | undefined;
  readonly descriptor: PublicDescriptor | undefined;
}

/** `text` stays the caller's to zero. Throws a Refusal that quotes nothing secret. */
export function readClaim(text: Uint8Array, beside: Beside): Claimed {
  const lines = linesOf(text).filter((line) => line.length > 0);
  const [first] = lines;
  if (first === undefined)
    throw new Refusal('there is nothing to read: what a piñata releases is wanted, or its line of WIF');
  if (lines.length === 1) return ofKeyAlone(first, beside);
  if (!equal(first, utf8ToBytes(title)))
    throw new Refusal(
      `the first line is not ${title}: give what the piñata released from that line on, without what a TLS client printed around it, or the WIF alone`,
    );
  return ofFields(fieldsOf(lines.slice(1)), beside);
}

function ofKeyAlone(line: Uint8Array, { network: told, descriptor }: Beside): Claimed {
  const prefix = utf8ToBytes('p2wpkh:');
  const wif = equal(line.subarray(0, prefix.length), prefix) ? line.subarray(prefix.length) : line;
  const key = SigningKey.fromWif(wif);
  return orDestroyed(key, () => {
    const network = told ?? (key.test ? undefined : 'mainnet');
    if (network === undefined)
      throw new Refusal('a key of a test network does not say of which: add --network testnet4, signet or regtest');
    return claimed(key, descriptor ?? { kind: 'classic', publicKey: bytesToHex(key.publicKey) }, network);
  });
}

function ofFields(fields: ReadonlyMap<FieldName, Uint8Array>, beside: Beside): Claimed {
  const bytes = (name: FieldName): Uint8Array => {
    const value = fields.get(name);
    if (value === undefined) throw new Refusal(`there is no line "${name}:": part of what was released is missing`);
    return value;
  };
  const text = (name: FieldName): string => String.fromCharCode(...bytes(name));
  const network = networkNames.find((name) => name === text('network'));
  if (network === undefined)
    throw new Refusal(`network: is none that is known here, which are ${networkNames.join(', ')}`);
  if (beside.network !== undefined && beside.network !== network)
    throw new Refusal(`what was released is of ${network}, and --network or --wallet says ${beside.network}`);
  const descriptor = readPublicDescriptor(text('watch-only'));
  if (descriptor === undefined)
    throw new Refusal('watch-only: is no descriptor of a piñata, or its checksum does not fit');
  if (descriptor.kind !== text('wallet')) throw misfit('wallet');
  const key = SigningKey.fromWif(bytes('wif'));
  return orDestroyed(key, () => {
    const whole = claimed(key, descriptor, network);
    const expected = expectedFields(descriptor, bytes('wif'), whole.lock.address);
    for (const name of fields.keys()) {
      if (name === 'wallet' || name === 'network' || name === 'watch-only' || name === 'wif') continue;
      const value = expected.get(name);
      if (value === undefined) throw new Refusal(`a ${descriptor.kind} wallet has no line "${name}:"`);
      if (!equal(bytes(name), value)) throw misfit(name);
    }
    for (const name of expected.keys()) bytes(name);
    for (const name of ['electrum', 'descriptor'] as const) expected.get(name)?.fill(0);
    return whole;
  });
}

/** What the other lines must say. */
function expectedFields(
  descriptor: PublicDescriptor,
  wif: Uint8Array,
  address: string,
): ReadonlyMap<FieldName, Uint8Array> {
  const ascii = utf8ToBytes;
  if (descriptor.kind === 'classic')
    return new Map<FieldName, Uint8Array>([
      ['address', ascii(address)],
      ['electrum', concatBytes(ascii('p2wpkh:'), wif)],
      ['descriptor', wpkhDescriptor(wif)],
    ]);
  const { publicKey, refund } = descriptor;
  const vault = vaultOf(hexToBytes(publicKey), refund);
  return new Map<FieldName, Uint8Array>([
    ['address', ascii(address)],
    ['internal-key', ascii(publicKey)],
    ['leaf', ascii(bytesToHex(vault.leaf))],
    ['control-block', ascii(bytesToHex(controlBlock(hexToBytes(publicKey), vault.output)))],
    ['refund-height', ascii(String(refund.height))],
    ['descriptor', vaultDescriptor(wif, refund)],
  ]);
}

function claimed(key: SigningKey, descriptor: PublicDescriptor, network: NetworkName): Claimed {
  if (key.test !== (network !== 'mainnet'))
    throw new Refusal(`this key is one of ${key.test ? 'a test network' : 'mainnet'}, and the network is ${network}`);
  const publicKey = bytesToHex(descriptor.kind === 'classic' ? key.publicKey : key.xOnly);
  if (publicKey !== descriptor.publicKey)
    throw new Refusal(
      `this key is not the wallet's: its public key is ${publicKey}, and the descriptor has ${descriptor.publicKey}`,
    );
  return descriptor.kind === 'classic'
    ? { kind: 'classic', network, refundHeight: undefined, key, lock: classicLock(key, network) }
    : {
        kind: 'vault',
        network,
        refundHeight: descriptor.refund.height,
        key,
        lock: vaultLock(key, descriptor.refund, network),
      };
}

const misfit = (name: FieldName): Refusal =>
  new Refusal(`the line "${name}:" does not fit the others: part of what was released was changed or mistyped`);

function orDestroyed<T>(key: SigningKey, use: () => T): T {
  try {
    return use();
  } catch (error) {
    key.destroy();
    throw error;
  }
}
