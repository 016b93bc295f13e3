import { claims, levelNames, unproven } from '../attest/ladder.ts';
import { type Level, reaches } from '../attest/levels.ts';
import type { Verification } from '../attest/verification.ts';
import type { Verdict } from '../attest/verify.ts';

/** What `btc-pinata verify --json` prints (docs/verify.md). */
export function verdictDocument({ host, observations }: Verification, verdict: Verdict, required: Level) {
  const { level, refused, reproducible, release, hardware, fields, promise, configuration, sections } = verdict;
  return {
    format: 'btc-pinata/verdict/v1',
    host,
    time: observations[1].answered,
    level,
    name: levelNames[level],
    refused,
    required,
    reached: !refused && reaches(level, required),
    reproducible,
    claim: claims[level],
    unproven: unproven[level],
    release: { version: release.release?.version ?? null, sha256: release.sha256, signature: release.signature },
    hardware: { ...hardware, testRoot: hardware.tpm === 'test' || hardware.nitro === 'test' },
    wallet:
      fields === undefined || promise === undefined
        ? null
        : {
            address: fields.address,
            network: fields.network,
            kind: fields.wallet.kind,
            promise: { proven: promise.proven, words: promise.words, because: promise.because ?? null },
          },
    configuration: configuration ?? null,
    sandbox: fields?.sandbox ?? null,
    sections,
  };
}
