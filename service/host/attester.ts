import { equalBytes } from '@noble/curves/utils.js';
import { hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { attestedIdentity } from '../attest/attested-identity.ts';
import { type Evidence, statementName } from '../attest/evidence.ts';
import { unmarshalQuote } from '../attest/tpm-attest.ts';
import type { Credential } from '../attest/tpm-credential.ts';
import { endorsementCertificateIndex } from '../attest/tpm-endorsement-key.ts';
import { bankNames, type PcrSelection, type PcrValues, pcrDigest } from '../attest/tpm-pcr.ts';
import { decodeStatement } from '../bitcoin/index.ts';
import type { Run, Tpm } from './tpm.ts';
import { TpmGarbled } from './tpm-command.ts';
import { activateCredential, createAttestationKey, type LoadedKey, loadEndorsementKey, quote } from './tpm-keys.ts';
import { readNvCertificate } from './tpm-nv.ts';
import { readPcrs } from './tpm-registers.ts';

/*
 * The machine's own word beside that of the wallet's key: one quote for each statement, so one a second at most, over the
 * hash that binds the statement. Both keys are loaded when it starts and stay so.
 */

/** Those of the firmware, of the boot loader and of the image: 0 to 7, configuration, kernel, command line, credentials. */
export const quotedPcrs: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13];

export interface AttesterOptions {
  readonly tpm: Tpm;
  /** Loaded already; without it it is loaded now. */
  readonly endorsementKey?: LoadedKey;
  /** The canonical text that was measured into PCR 8, where one was. */
  readonly configuration: string | undefined;
  /** The log of the firmware, where the kernel shows it. */
  readonly eventLog: Uint8Array | undefined;
  /** Of a NitroTPM: AWS's signed word on the same identity, and on the root of the challenges. */
  readonly nitroDocument?: ((userData: Uint8Array, nonce: Uint8Array) => Promise<Uint8Array>) | undefined;
}

export class Attester {
  readonly #options: AttesterOptions;
  readonly #key: LoadedKey;
  readonly #endorsementKey: LoadedKey;
  readonly #certificate: Uint8Array | undefined;

  private constructor(
    options: AttesterOptions,
    key: LoadedKey,
    endorsementKey: LoadedKey,
    certificate: Uint8Array | undefined,
  ) {
    this.#options = options;
    this.#key = key;
    this.#endorsementKey = endorsementKey;
    this.#certificate = certificate;
  }

  static open(options: AttesterOptions): Promise<Attester> {
    return options.tpm.task(async (run) => {
      const certificate = await readNvCertificate(run, endorsementCertificateIndex);
      const endorsementKey = options.endorsementKey ?? (await loadEndorsementKey(run));
      return new Attester(options, await createAttestationKey(run), endorsementKey, certificate);
    });
  }

  /** Over the bank of SHA-256: one is enough to sign, and a TPM may lack the other. */
  async attest(statement: string): Promise<Evidence> {
    const { tpm, configuration, eventLog, nitroDocument } = this.#options;
    const identity = attestedIdentity(statement, configuration === undefined ? undefined : utf8ToBytes(configuration));
    const quoted = await tpm.task((run) => quoteWithValues(run, this.#key, identity));
    return {
      statementSha256: statementName(statement),
      configuration,
      tpm: { ...quoted, akPublic: this.#key.publicArea, ekCertificate: this.#certificate, eventLog },
      nitroTpm: nitroDocument === undefined ? undefined : await nitroDocument(identity, challengeRoot(statement)),
    };
  }

  /** The secret that is in it, or undefined where it is not for this TPM with this attestation key. */
  activate(credential: Credential): Promise<Uint8Array | undefined> {
    return this.#options.tpm.task((run) => activateCredential(run, this.#key, this.#endorsementKey, credential));
  }
}

/** What of a statement a verifier's own challenge leads to: he need not read the rest to know that the document is fresh. */
function challengeRoot(statement: string): Uint8Array {
  const fields = decodeStatement(statement)?.fields;
  if (fields === undefined) throw new RangeError('no statement in its canonical form, so no root of challenges in it');
  return hexToBytes(fields.challengeRoot);
}

/** A register may be extended between the reading and the quote, by the kernel or by whoever has /dev/tpmrm0. */
const attempts = 3;

/** A quote, and the values that it is over. */
async function quoteWithValues(run: Run, key: LoadedKey, nonce: Uint8Array) {
  const selection: PcrSelection = { hash: bankNames.sha256, pcrs: quotedPcrs };
  for (let attempt = 0; attempt < attempts; attempt++) {
    const sha256: PcrValues = await readPcrs(run, selection);
    const quoted = await quote(run, key, nonce, [selection]);
    const attest = unmarshalQuote(quoted.quote);
    if (!attest.ok) throw new TpmGarbled(`TPM2_Quote: ${attest.fault}`);
    const digest = pcrDigest(bankNames.sha256, selection, sha256);
    if (digest !== undefined && equalBytes(digest, attest.value.pcrDigest)) return { ...quoted, pcrs: { sha256 } };
  }
  throw new TpmGarbled(`the registers of the TPM changed ${attempts} times while they were quoted`);
}
