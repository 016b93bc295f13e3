/** The public face of attest: what a running piñata says it is, and how anybody checks it. */
export { type SourceFile, sourceIdentity } from './build-identity.ts';
export {
  ChallengeTree,
  challengeLeaf,
  challengeLength,
  committedChallenge,
  noChallengeRoot,
  type PathStep,
  rootOf,
} from './challenge-tree.ts';
export { type Answer, type Found, Notary, notaryLimits, type Signed } from './notary.ts';
export {
  type Attestation,
  decodeProof,
  encodeProof,
  isProof,
  type NoProof,
  type Proof,
  proofFormat,
  readProof,
} from './proof.ts';
export { longestSandboxManifest, readSandboxManifest } from './sandbox-manifest.ts';
export { type SignStatement, type Standing, signRoot } from './sign-root.ts';
export {
  type Expectations,
  type Outcome,
  type ProofCheck,
  type ProofCheckName,
  proofCheckNames,
  verifyProof,
} from './verify-proof.ts';
