/** The chains the wallet may be on. Three of them share their WIF prefix, two also their addresses: the name tells them apart. */
export const networkNames = ['mainnet', 'testnet4', 'signet', 'regtest'] as const;
export type NetworkName = (typeof networkNames)[number];

export interface Network {
  readonly name: NetworkName;
  /** Human-readable part of its segwit addresses (BIP-173). */
  readonly hrp: 'bc' | 'tb' | 'bcrt';
  /** First byte of a private key in wallet import format. */
  readonly wifPrefix: 0x80 | 0xef;
}

export const networks: Readonly<Record<NetworkName, Network>> = {
  mainnet: { name: 'mainnet', hrp: 'bc', wifPrefix: 0x80 },
  testnet4: { name: 'testnet4', hrp: 'tb', wifPrefix: 0xef },
  signet: { name: 'signet', hrp: 'tb', wifPrefix: 0xef },
  regtest: { name: 'regtest', hrp: 'bcrt', wifPrefix: 0xef },
};
