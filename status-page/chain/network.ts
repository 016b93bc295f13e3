/** The chains that are watched, by the names that the wallet has for them. */
export const chainNetworks = ['mainnet', 'testnet4', 'signet', 'regtest'] as const;
export type ChainNetwork = (typeof chainNetworks)[number];

/** Public explorers that have the network, as base URLs of their Esplora API. Fewer than two: one source alone, or none. */
export const publicSources: Readonly<Record<ChainNetwork, readonly string[]>> = {
  mainnet: ['https://mempool.space/api', 'https://blockstream.info/api'],
  testnet4: ['https://mempool.space/testnet4/api'],
  signet: ['https://mempool.space/signet/api', 'https://blockstream.info/signet/api'],
  regtest: [],
};

/**
 * Seconds: an explorer whose newest block is older has stopped, whatever it answers. Three hours without a block come about
 * once in 65 million blocks of mainnet; signet and testnet4 are less regular, and regtest has blocks when somebody asks.
 */
export const oldestTip: Readonly<Record<ChainNetwork, number>> = {
  mainnet: 3 * 3600,
  testnet4: 12 * 3600,
  signet: 12 * 3600,
  regtest: Number.POSITIVE_INFINITY,
};
