import { type NetworkName, networkNames } from '../../service/bitcoin/network.ts';
import { address as addresses, bitcoinjsNetworks } from './bitcoinjs.ts';
import { Refusal } from './refusal.ts';

/** Where the coins are to go. */
export interface Destination {
  readonly address: string;
  readonly scriptPubKey: Uint8Array;
  /** Nodes pass on no output of less, in satoshis: what it costs to spend it, at 3 sat/vB. */
  readonly dust: number;
}

/** An address of the network: P2PKH, P2SH, P2WPKH, P2WSH, P2TR. Throws a Refusal. */
export function destinationOf(address: string, network: NetworkName): Destination {
  const script = scriptOf(address, network);
  if (script !== undefined) return { address, scriptPubKey: script.bytes, dust: script.dust };
  const others = networkNames.filter((name) => scriptOf(address, name) !== undefined);
  if (others.length > 0)
    throw new Refusal(`${address} is an address of ${others.join(' or ')}, and the coins are on ${network}`);
  throw new Refusal(
    `${JSON.stringify(address)} is no address that coins of ${network} can be sent to: part of it is missing, or it is of a kind that no wallet has yet`,
  );
}

function scriptOf(
  address: string,
  network: NetworkName,
): { readonly bytes: Uint8Array; readonly dust: number } | undefined {
  // An output of an unknown witness version is anybody's until a later rule says whose.
  if (!/^(?:[13mn2][1-9A-HJ-NP-Za-km-z]{24,34}|(?:bc|tb|bcrt)1[qp][02-9ac-hj-np-z]{6,86})$/i.test(address))
    return undefined;
  try {
    const bytes = addresses.toOutputScript(address, bitcoinjsNetworks[network]);
    const segwit = bytes[0] === 0x00 || bytes[0] === 0x51;
    return { bytes, dust: 3 * (8 + 1 + bytes.length + (segwit ? 67 : 148)) };
  } catch {
    return undefined;
  }
}
