import * as original from '../../service/x509/signature.ts';
import { timed } from './clock.ts';

export * from '../../service/x509/signature.ts';
export const verifySignature: typeof original.verifySignature = timed('verifySignature', original.verifySignature);
