import { Notary, type Standing, signRoot } from '../../service/attest/index.ts';
import {
  networks,
  publicWallet,
  signStatement,
  WalletKey,
  walletKeyEntropyLength,
} from '../../service/bitcoin/index.ts';

/* A process of its own for W1 (`challenges.ts <rounds>`): a thousand challenges taken, signed for and found again. */

export interface ChallengeSamples {
  /** CPU microseconds to take all and sign once for them, by kind of wallet, a round each. */
  readonly classic: readonly number[];
  readonly vault: readonly number[];
  /** Of the signature by itself, and of finding one answer with its path. */
  readonly signature: readonly number[];
  readonly found: readonly number[];
}

const count = 1000;
const rounds = Number(process.argv[2]);
const entropy = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));
const key = WalletKey.fromEntropy(entropy(walletKeyEntropyLength));
/** The x of twice the generator point: anybody's. */
const operator = 'c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5';

function standing(kind: 'classic' | 'vault'): Standing {
  const own = { keyOrigin: 'host', recovery: 'none' } as const;
  const terms =
    kind === 'classic' ? { kind, ...own } : { kind, ...own, refund: { height: 958_000, publicKey: operator } };
  const { network, address, descriptor, keyOrigin, recovery } = publicWallet(key, networks.mainnet, terms);
  const hash = '00'.repeat(32);
  return {
    ...{ network, address, wallet: { kind, descriptor }, keyOrigin, recovery, test: false, startedAt: 0 },
    service: {
      host: 'example.org',
      ports: { http: 80, https: 443, server: 10_000, dialback: 10_001, reverse: 10_002 },
    },
    ...{ caSha256: hash, siteCaSha256: hash, buildSha256: hash, sandbox: 'none' },
  };
}

function spent(act: () => void): number {
  const before = process.cpuUsage();
  act();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

const samples = { classic: [], vault: [], signature: [], found: [] } as {
  readonly [Name in keyof ChallengeSamples]: number[];
};
for (let round = 0; round < rounds; round++) {
  for (const kind of ['classic', 'vault'] as const) {
    const challenges = Array.from({ length: count }, () => entropy(32));
    const says = standing(kind);
    const notary = new Notary();
    let signature = 0;
    samples[kind].push(
      spent(() => {
        for (const challenge of challenges) notary.take(challenge);
        notary.sign(0, (root) => {
          const hedge = entropy(32);
          const begun = process.cpuUsage();
          const signed = signRoot(says, { root, time: 0, hedge }, (text, bytes) => signStatement(key, text, bytes));
          const { user, system } = process.cpuUsage(begun);
          signature = user + system;
          return signed;
        });
      }),
    );
    samples.signature.push(signature);
    samples.found.push(
      spent(() => {
        for (let ticket = 0; ticket < count; ticket++) notary.find(ticket);
      }) / count,
    );
  }
}
process.send?.(samples satisfies ChallengeSamples);
