import { type CipherGCMTypes, createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import '../chosen-provider.ts';
import { cipherSuites } from '../../service/tls/cipher-suite.ts';
import { ContentType } from '../../service/tls/record.ts';
import { RecordProtection13 } from '../../service/tls/record-protection.ts';
import { interleave } from '../interleave.ts';

/* A process of its own for G7 (`records.ts <records> <rounds>`): records of 64 bytes sealed and opened, by us and by node:crypto. */

export interface RecordSamples {
  readonly suite: string;
  /** CPU microseconds to seal one and open it again. */
  readonly ours: readonly number[];
  readonly openssl: readonly number[];
}

const [records = 1, rounds = 2] = process.argv.slice(2).map(Number);
const plaintext = new Uint8Array(randomBytes(64));

const opensslNames: Readonly<Record<string, string>> = {
  TLS_CHACHA20_POLY1305_SHA256: 'chacha20-poly1305',
  TLS_AES_128_GCM_SHA256: 'aes-128-gcm',
};

const samples: RecordSamples[] = [];
for (const suite of cipherSuites) {
  // node:crypto has one type for both, which names GCM alone.
  const name = opensslNames[suite.name] as CipherGCMTypes | undefined;
  if (name === undefined) continue;
  const secret = new Uint8Array(randomBytes(32));
  const sealing = new RecordProtection13(suite, secret.slice());
  const opening = new RecordProtection13(suite, secret.slice());
  const key = randomBytes(suite.keyLength);
  const sides = {
    ours: () => cpuPer(() => ours(sealing, opening)),
    openssl: () => cpuPer(() => openssl(name, key)),
  };
  await interleave(sides, { rounds: 3, budgetMs: 2_000 });
  samples.push({ suite: suite.name, ...(await interleave(sides, { rounds, budgetMs: 8_000 })) });
}
process.send?.(samples);

/** With header, inner content type and sequence number: a whole TLSCiphertext. */
function ours(sealing: RecordProtection13, opening: RecordProtection13): void {
  const record = sealing.seal(ContentType.application_data, plaintext, 0);
  const opened = opening.open({
    type: ContentType.application_data,
    header: record.subarray(0, 5),
    fragment: record.subarray(5),
  });
  if (!opened.ok || opened.value.content.length !== plaintext.length) throw new Error('a record did not open');
}

/** The AEAD alone, of as many bytes. */
function openssl(name: CipherGCMTypes, key: Uint8Array): void {
  const nonce = plaintext.subarray(0, 12);
  const header = plaintext.subarray(0, 5);
  const options = { authTagLength: 16 };
  const cipher = createCipheriv(name, key, nonce, options);
  cipher.setAAD(header, { plaintextLength: plaintext.length });
  const sealed = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  const decipher = createDecipheriv(name, key, nonce, options);
  decipher.setAAD(header, { plaintextLength: plaintext.length });
  decipher.setAuthTag(cipher.getAuthTag());
  const opened = Buffer.concat([decipher.update(sealed), decipher.final()]);
  if (opened.length !== plaintext.length) throw new Error('a record did not open');
}

/** Microseconds. Kernels count in ticks of some milliseconds: a batch must take many of them. */
function cpuPer(operation: () => void): number {
  const before = process.threadCpuUsage();
  for (let i = 0; i < records; i++) operation();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / records;
}
