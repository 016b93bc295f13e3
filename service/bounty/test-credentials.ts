import { base64 } from '@scure/base';
import { exportPkcs8, generatePrivateKey, type PublicKey } from '../x509/index.ts';

/*
 * A client key that is given away, so that anybody can see what a break of the piñata looks like. It opens the bait of
 * a regtest wallet, whose coins are worth nothing; the configuration refuses it everywhere else.
 */

export interface TestClientKey {
  readonly publicKey: PublicKey;
  /** PKCS #8 in PEM (RFC 7468 §10). The one private key of ours that is ever text. */
  readonly pem: string;
}

/** `entropy`: 48 bytes; zeroed before this returns. */
export function testClientKey(entropy: Uint8Array): TestClientKey {
  const key = generatePrivateKey('P-256', entropy, { extractable: true });
  const { publicKey } = key;
  const lines = base64.encode(exportPkcs8(key)).match(/.{1,64}/g) ?? [];
  key.destroy();
  return { publicKey, pem: ['-----BEGIN PRIVATE KEY-----', ...lines, '-----END PRIVATE KEY-----', ''].join('\n') };
}
