import { randomBytes } from 'node:crypto';
import { fast } from '../../service/tls/kernels/fast.ts';
import { noble } from '../../service/tls/kernels/noble.ts';
import type { Provider } from '../../service/tls/kernels/provider.ts';
import { interleave } from '../interleave.ts';

/*
 * A process of its own for G8 (`bulk.ts <records> <rounds>`): records of 16 KiB sealed and opened, by us and by noble; of
 * AES, which takes ten times as long, a fifth.
 */

export interface BulkSamples {
  readonly cipher: 'chaCha20Poly1305' | 'aes128Gcm';
  /** CPU microseconds to seal one and open it again. */
  readonly fast: readonly number[];
  readonly noble: readonly number[];
}

const [records = 1, rounds = 2] = process.argv.slice(2).map(Number);
const plaintext = new Uint8Array(randomBytes(2 ** 14));
const [nonce, header] = [new Uint8Array(randomBytes(12)), new Uint8Array(randomBytes(5))];

const samples: BulkSamples[] = [];
for (const [cipher, keyLength, count] of [
  ['chaCha20Poly1305', 32, records],
  ['aes128Gcm', 16, records / 5],
] as const) {
  const side = (provider: Provider) => {
    const aead = provider.aead[cipher](new Uint8Array(randomBytes(keyLength)));
    return () =>
      cpuPer(count, () => {
        const opened = aead.open(nonce, header, aead.seal(nonce, header, plaintext));
        if (opened?.length !== plaintext.length) throw new Error('a record did not open');
      });
  };
  const sides = { fast: side(fast), noble: side(noble) };
  await interleave(sides, { rounds: 3, budgetMs: 2_000 });
  samples.push({ cipher, ...(await interleave(sides, { rounds, budgetMs: 8_000 })) });
}
process.send?.(samples);

/** Microseconds. Kernels count in ticks of some milliseconds: a batch must take many of them. */
function cpuPer(count: number, operation: () => void): number {
  const before = process.threadCpuUsage();
  for (let i = 0; i < count; i++) operation();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / count;
}
