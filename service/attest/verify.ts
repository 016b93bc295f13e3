import { decodeStatement, type StatementFields } from '../bitcoin/index.ts';
import { roleKeyPurposes, roleNames } from '../bounty/endpoints.ts';
import { committedChallenge } from './challenge-tree.ts';
import type { Check } from './check.ts';
import { type WalletPromise, walletPromise } from './ladder.ts';
import type { Level } from './levels.ts';
import { nitroRootG1 } from './nitro-verify.ts';
import type { Release } from './release.ts';
import type { Observation, Verification } from './verification.ts';
import { type JudgedHardware, type PinnedRoots, verifyHardware } from './verify-hardware.ts';
import { type Expectations, type ProofCheck, verifyProof } from './verify-proof.ts';
import { type JudgedRelease, type ReleaseTrust, verifyRelease } from './verify-release.ts';
import { verifyRun } from './verify-run.ts';
import { verifySandbox } from './verify-sandbox.ts';
import { authorityOf } from './verify-shown.ts';

/*
 * All that a verifier saw in one run, judged (docs/verify.md, attestation.md §7). Pure and total: the same verification gives
 * the same verdict on the machine that made it, on another in a year, and in a browser.
 */

/** What a verifier takes for granted, and no machine and no file may choose for him. */
export interface Trust extends ReleaseTrust {
  readonly pinned: PinnedRoots;
}

/** AWS's root is pinned; no maker's of a virtual TPM is so far, so that L3 is out of reach for all but tests of this code. */
export const pinnedRoots: PinnedRoots = { tpm: [], nitro: [nitroRootG1] };

export interface Section {
  readonly title: string;
  readonly checks: readonly Check[];
}

export interface Verdict {
  readonly level: Level;
  /** At least one check failed, whatever the level. */
  readonly refused: boolean;
  /** L0: what `rebuilt` gave. */
  readonly reproducible: Check['outcome'];
  readonly sections: readonly Section[];
  readonly release: Pick<JudgedRelease, 'sha256' | 'release' | 'signature'>;
  /** What the machine says of itself; undefined where it signed no statement. */
  readonly fields: StatementFields | undefined;
  readonly promise: WalletPromise | undefined;
  /** What hardware evidence there was, and under which root. */
  readonly hardware: Pick<JudgedHardware, 'tpm' | 'nitro'>;
  readonly configuration: string | undefined;
}

/** Seconds by which a statement may differ from the verifier's clock: what is older is an old boot's, or another visitor's. */
const freshness = 300;

export function verify(given: Verification, trust: Trust): Verdict {
  const [one, two] = given.observations;
  const fields = [fieldsOf(one), fieldsOf(two)] as const;
  const [firstFields, lastFields] = fields;
  const said = lastFields && { address: lastFields.address, build: lastFields.buildSha256 };
  const release = verifyRelease(given, said, trust);

  const first = judgeStatement(given, one, release.release, undefined);
  const second = judgeStatement(given, two, release.release, firstFields);

  const context = { release: release.release, roots: given.roots, pinned: trust.pinned, credential: given.credential };
  const before = verifyHardware(one, { ...context, earlier: undefined });
  const after = verifyHardware(two, { ...context, earlier: before?.clockInfo });
  const run = verifyRun(fields, [before, after], given.joined);

  const sections: readonly Section[] = [
    { title: 'release', checks: release.checks },
    { title: 'first statement', checks: first },
    { title: 'second statement', checks: second },
    { title: 'both', checks: run },
    { title: 'sandbox', checks: verifySandbox(lastFields, given.sandbox) },
    ...(before === undefined ? [] : [{ title: 'hardware, first', checks: before.checks }]),
    ...(after === undefined ? [] : [{ title: 'hardware, second', checks: after.checks }]),
  ];
  const failed = (checks: readonly Check[]): boolean => checks.some(({ outcome }) => outcome === 'fail');
  const refused = sections.some(({ checks }) => failed(checks));
  const hardware = { tpm: weaker(before?.tpm, after?.tpm), nitro: weaker(before?.nitro, after?.nitro) };

  const holdsKey = [first, second].every(provesKey) && !failed(run);
  const saysIt = holdsKey && isTheirs(release) && [first, second].every((checks) => passed(checks, 'build'));
  const level = levelOf(holdsKey, saysIt, hardware);
  return {
    level,
    refused,
    reproducible: release.checks.find(({ name }) => name === 'rebuilt')?.outcome ?? 'fail',
    sections,
    release,
    fields: lastFields,
    promise: lastFields && walletPromise(lastFields, level, refused),
    hardware,
    configuration: after?.configuration,
  };
}

const fieldsOf = ({ proof }: Observation): StatementFields | undefined => decodeStatement(proof.statement)?.fields;

function judgeStatement(
  { authorities, shown }: Verification,
  { proof, random, blockHash, asked, answered }: Observation,
  release: Release | undefined,
  earlier: Expectations['earlier'],
): readonly ProofCheck[] {
  const fields = decodeStatement(proof.statement)?.fields;
  const at = fields?.time ?? answered;
  const bounty = { purpose: 'serverAuth', dnsName: roleNames.server, roleKeyPurpose: roleKeyPurposes.server } as const;
  return verifyProof(proof, {
    // His own: what the machine says that it was asked for is nothing to go by.
    challenge: committedChallenge(random, blockHash),
    preimage: { random, blockHash },
    caSha256: authorityOf(shown.server, authorities.bounty, { ...bounty, at }),
    siteCaSha256: authorityOf(shown.https, authorities.site, { purpose: 'serverAuth', at }),
    build: fields === undefined ? undefined : expectedBuild(release, fields.buildSha256),
    asked: { from: asked, until: answered, tolerance: freshness },
    earlier,
  });
}

/** Its programs, of which a machine runs one; the bill of materials and the images say nothing by themselves. */
const program = /^btc-pinata(?:\.cjs|-[a-z0-9]+-[a-z0-9]+)$/;

/** Undefined where there is no release. */
function expectedBuild(release: Release | undefined, said: string): string | undefined {
  const programs = (release?.outputs ?? []).filter(({ name }) => program.test(name));
  const [any] = programs.toSorted((a) => (a.name.endsWith('.cjs') ? -1 : 1));
  if (release === undefined) return undefined;
  return (programs.find(({ sha256 }) => sha256 === said) ?? any)?.sha256 ?? 'no program of this release';
}

const passed = (checks: readonly ProofCheck[], name: ProofCheck['name']): boolean =>
  checks.some((check) => check.name === name && check.outcome === 'pass');

const ofTheKey = ['text', 'address', 'signature', 'challenge', 'bounty-authority', 'site-authority', 'time'] as const;

/** What runs there is another matter, and so are credentials for tests. */
const provesKey = (checks: readonly ProofCheck[]): boolean =>
  ofTheKey.every((name) => passed(checks, name)) &&
  checks.every(({ name, outcome }) => outcome !== 'fail' || name === 'build' || name === 'test');

/** Since when it exists and who built it again are about the release, and no matter of what a machine says. */
const isTheirs = ({ checks }: JudgedRelease): boolean =>
  checks.every(({ name, outcome }) => outcome !== 'fail' || (name !== 'release-form' && name !== 'release-signature'));

type Worth = JudgedHardware['tpm'];
const worths: readonly Worth[] = ['refused', 'none', 'test', 'pinned'];

/** Of two statements the one with less behind it. */
const weaker = (one: Worth = 'none', other: Worth = 'none'): Worth =>
  worths.indexOf(one) < worths.indexOf(other) ? one : other;

/** Evidence that does not hold takes that of the other kind with it. */
function levelOf(holdsKey: boolean, saysIt: boolean, { tpm, nitro }: Pick<JudgedHardware, 'tpm' | 'nitro'>): Level {
  if (!holdsKey) return 'none';
  if (!saysIt) return 'L1';
  if (tpm === 'refused' || nitro === 'refused') return 'L2';
  if (nitro === 'pinned') return 'L4';
  return tpm === 'pinned' ? 'L3' : 'L2';
}
