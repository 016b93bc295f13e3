/** The chains that are watched, by the names that the wallet has for them. */
export const chainNetworks = ['mainnet', 'testnet4', 'signet', 'regtest'] as const;
export type ChainNetwork = (typeof chainNetworks)[number];
