import * as original from '../../service/tls/named-group.ts';
import { timed } from './clock.ts';

export * from '../../service/tls/named-group.ts';
export const answerKeyShare: typeof original.answerKeyShare = timed('answerKeyShare', original.answerKeyShare);
