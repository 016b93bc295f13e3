/** The public face of the chain view: values in satoshis, times in whole seconds since 1970. */
export { type ChainNetwork, chainNetworks } from './network.ts';
