import * as original from '../../service/tls/hkdf.ts';
import { timed } from './clock.ts';

export * from '../../service/tls/hkdf.ts';
export const beginHash: typeof original.beginHash = timed('beginHash', original.beginHash);
export const hash: typeof original.hash = timed('hash', original.hash);
export const hmac: typeof original.hmac = timed('hmac', original.hmac);
export const hkdfExtract: typeof original.hkdfExtract = timed('hkdfExtract', original.hkdfExtract);
export const hkdfExpand: typeof original.hkdfExpand = timed('hkdfExpand', original.hkdfExpand);
