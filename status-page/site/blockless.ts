/** Of a challenge that was made before any explorer was believed: no block is in it, and none is claimed. */
export const isBlockless = (blockHash: string): boolean => /^0{64}$/.test(blockHash);
