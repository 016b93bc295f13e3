import { type Proof, proofFormat } from '../../service/attest/index.ts';
import {
  encodeStatement,
  type NetworkName,
  networks,
  publicWallet,
  type StatementFields,
  signStatement,
  WalletKey,
  type WalletTerms,
  walletKeyEntropyLength,
} from '../../service/bitcoin/index.ts';

/** The key, the wallet and the statements of one made-up piñata. */

export const key = WalletKey.fromEntropy(new Uint8Array(walletKeyEntropyLength).fill(3));
export const otherKey = WalletKey.fromEntropy(new Uint8Array(walletKeyEntropyLength).fill(4));

/** The x of twice the generator point. */
const operator = 'c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5';

export const terms: Readonly<Record<'classic' | 'vault', WalletTerms>> = {
  classic: { kind: 'classic', keyOrigin: 'imported', recovery: `age1${'q'.repeat(58)}` },
  vault: {
    kind: 'vault',
    keyOrigin: 'measured-image',
    recovery: 'none',
    refund: { height: 958_000, publicKey: operator },
  },
};

export const startedAt = 1_795_990_000;

export function fieldsOf(kind: 'classic' | 'vault' = 'classic', network: NetworkName = 'regtest'): StatementFields {
  const { address, descriptor, keyOrigin, recovery } = publicWallet(key, networks[network], terms[kind]);
  return {
    network,
    address,
    wallet: { kind, descriptor },
    keyOrigin,
    recovery,
    test: false,
    service: {
      host: 'pinata.example.org',
      ports: { http: 80, https: 443, server: 10_000, dialback: 10_001, reverse: 10_002 },
    },
    caSha256: 'ab'.repeat(32),
    siteCaSha256: 'cd'.repeat(32),
    buildSha256: 'ef'.repeat(32),
    sandbox: 'none',
    startedAt,
    challengeRoot: '01'.repeat(32),
    time: startedAt + 3600,
  };
}

export const hedge = new Uint8Array(32).fill(7);

/** A proof as the piñata gives it, of one challenge alone unless `fields` name another root. */
export function proofOf(fields: StatementFields, challenge: string, path: Proof['path'] = []): Proof {
  const statement = encodeStatement(fields);
  return {
    format: proofFormat,
    challenge,
    path,
    statement: statement.text,
    signature: signStatement(key, statement, hedge),
  };
}
