import type { Check } from '../../../service/attest/check.ts';
import { decodeProof, isProof } from '../../../service/attest/proof.ts';
import { decodeRelease } from '../../../service/attest/release.ts';
import { pinnedRoots } from '../../../service/attest/verify.ts';
import { type JudgedHardware, verifyHardware } from '../../../service/attest/verify-hardware.ts';
import type { Finding, Judgement } from './findings.ts';

/* What hardware says, judged again by the code of `btc-pinata verify` and the roots that it has. */

export interface EvidenceQuestion {
  /** A document of evidence. Not a whole run of `btc-pinata verify`: that may be about any piñata. */
  readonly text: string;
  /** The archived statement, which evidence is about. */
  readonly proof: string | undefined;
  /** When the evidence had come, seconds since 1970. */
  readonly received: number;
  /** release.json, whose registers are expected. */
  readonly release: string | undefined;
}

export function judgeEvidence({ text, proof: archived, received, release: published }: EvidenceQuestion): Judgement {
  const proof = archived === undefined ? undefined : decodeProof(archived);
  if (proof === undefined || 'fault' in proof || !isProof(proof))
    return { fault: 'the archived statement that it would be about is none' };
  if (published === undefined) return { fault: 'no release is named whose registers it could be held against' };
  const release = decodeRelease(published);
  if ('fault' in release) return { fault: `what is named as the release is none: ${release.fault}` };
  const judged = verifyHardware(
    { proof, evidence: { text, received } },
    { release, roots: [], pinned: pinnedRoots, credential: undefined, earlier: undefined },
  );
  if (judged === undefined) return { fault: 'there is nothing to judge' };
  return { ...worthOf(judged), findings: judged.checks.map(findingOf) };
}

/** Nothing is green that nobody vouches for. */
function worthOf({ tpm, nitro }: JudgedHardware): { readonly outcome: 'good' | 'bad' | 'old'; readonly title: string } {
  if (tpm === 'refused' || nitro === 'refused')
    return { outcome: 'bad', title: 'Your browser does not find that it holds: a check fails.' };
  if (nitro === 'pinned')
    return {
      outcome: 'good',
      title: 'Your browser finds it: AWS says that this statement is of an instance which booted this release.',
    };
  if (tpm === 'pinned')
    return {
      outcome: 'good',
      title: 'Your browser finds it: the maker of its TPM says that the machine booted this release.',
    };
  if (tpm === 'none' && nitro === 'none')
    return {
      outcome: 'old',
      title:
        'Your browser finds no fault, and nobody who vouches for the TPM: whoever runs it can have it say anything.',
    };
  return { outcome: 'old', title: 'Your browser finds no fault, under a root for tests: it proves nothing.' };
}

const findingOf = ({ name, outcome, found }: Check): Finding => ({ outcome, text: `${name}: ${found}` });
