import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import {
  addressOf,
  decodeStatement,
  networks,
  readPublicDescriptor,
  type StatementFields,
  verifySimple,
} from '../bitcoin/index.ts';
import { committedChallenge, noChallengeRoot, rootOf } from './challenge-tree.ts';
import { type Attestation, bytesOfHex32, isProof, type Proof, pathOf } from './proof.ts';

/*
 * What anybody can check of a proof, each by itself and by name, with what it proves and what it does not. Pure: whatever is
 * to be compared with was found out by the caller, and is left out where it was not.
 */

/** `unchecked`: there was nothing to hold it against. */
export type Outcome = 'pass' | 'fail' | 'unchecked';

export interface ProofCheck {
  readonly name: ProofCheckName;
  readonly outcome: Outcome;
  /** What was found, in a line. */
  readonly found: string;
  /** What it proves where it passes. */
  readonly proves: string;
  /** What it does not prove even then. */
  readonly unproven: string;
}

/** Times are whole seconds since 1970, digests lower-case hex. */
export interface Expectations {
  /** The 32 bytes that were handed in. */
  readonly challenge?: Uint8Array | undefined;
  /** What they were made from: published, it lets everybody check the bound on the time. */
  readonly preimage?: { readonly random: Uint8Array; readonly blockHash: Uint8Array } | undefined;
  /** Of the authorities whose certificates were shown on the ports of the bounty and of the page. */
  readonly caSha256?: string | undefined;
  readonly siteCaSha256?: string | undefined;
  /** The build that ought to run there. */
  readonly build?: string | undefined;
  /** When the challenge was sent and the proof received, and by how much clocks may differ. */
  readonly asked?: { readonly from: number; readonly until: number; readonly tolerance: number } | undefined;
  /** Of a statement that was seen before. */
  readonly earlier?: { readonly address: string; readonly startedAt: number; readonly time: number } | undefined;
}

interface Finding {
  readonly outcome: Outcome;
  readonly found: string;
}

const pass = (found: string): Finding => ({ outcome: 'pass', found });
const fail = (found: string): Finding => ({ outcome: 'fail', found });
const unchecked = (found: string): Finding => ({ outcome: 'unchecked', found });

interface Case {
  readonly document: Proof | Attestation;
  readonly fields: StatementFields;
  readonly expected: Expectations;
}

type Judge = (of: Case) => Finding;

/** In the order in which they are shown. */
const table = {
  text: {
    judge: () => pass('canonical'),
    proves: 'the signed text is the one fixed form: no room in it for anything but a statement',
    unproven: 'that what it says is true',
  },
  address: {
    judge: ({ fields }) => judgeAddress(fields),
    proves: 'the descriptor, which says who can spend, is that of the address',
    unproven: 'that coins are there: the chain tells',
  },
  signature: {
    judge: ({ document, fields }) => judgeSignature(fields.address, document),
    proves: 'somebody who holds the key of this address signed the text',
    unproven: 'that nobody else holds the key, or that it will be given to a winner',
  },
  challenge: {
    judge: judgeChallenge,
    proves: 'the text was signed after this challenge was made',
    unproven: 'how long after; and that the signer is the machine that you asked, and not one behind it',
  },
  preimage: {
    judge: judgePreimage,
    proves: 'the challenge, and so the signature, is younger than the block it commits to',
    unproven: 'anything more to whoever made the challenge: it is for everybody else',
  },
  'bounty-authority': {
    judge: ({ fields, expected }) => judgeAuthority(fields.caSha256, expected.caSha256),
    proves: 'the port of the bounty shows a certificate of the authority that the key signed for',
    unproven: 'that nobody passes your bytes on to it: that is allowed, and part of the game',
  },
  'site-authority': {
    judge: ({ fields, expected }) => judgeAuthority(fields.siteCaSha256, expected.siteCaSha256),
    proves: 'the page by HTTPS is of the machine that the key signed for',
    unproven: 'that what the page says is true',
  },
  build: {
    judge: ({ fields, expected }) => judgeBuild(fields.buildSha256, expected.build),
    proves: 'the machine says that it runs the build you expected',
    unproven: 'that it does: a machine that lies says the right hash too, unless hardware measured it',
  },
  time: {
    judge: ({ fields, expected }) => judgeTime(fields.time, expected.asked),
    proves: 'the clock of the signer and yours agree',
    unproven: 'when it was signed: the challenge bounds that, a clock does not',
  },
  'started-at': {
    judge: ({ fields, expected }) => judgeStart(fields, expected.earlier),
    proves:
      'it is the wallet seen before, and neither the start of the process nor the time of its statements went back',
    unproven: 'that it was not started anew in between: a later start says that it was',
  },
  test: {
    judge: ({ fields }) => (fields.test ? fail('test credentials exist: whoever holds them is let in') : pass('none')),
    proves: 'the machine says that no credentials were handed out that open it',
    unproven: 'that none were',
  },
} as const satisfies Record<string, { readonly judge: Judge; readonly proves: string; readonly unproven: string }>;

export type ProofCheckName = keyof typeof table;

export const proofCheckNames: readonly ProofCheckName[] = [
  'text',
  'address',
  'signature',
  'challenge',
  'preimage',
  'bounty-authority',
  'site-authority',
  'build',
  'time',
  'started-at',
  'test',
];

/** Every check, whatever the ones before it gave. Total: nothing in a document makes it throw. */
export function verifyProof(document: Proof | Attestation, expected: Expectations): readonly ProofCheck[] {
  const fields = decodeStatement(document.statement)?.fields;
  return proofCheckNames.map((name) => {
    const { judge, proves, unproven } = table[name];
    return { name, ...(fields === undefined ? noStatement : judge({ document, fields, expected })), proves, unproven };
  });
}

const noStatement = fail('the text is no statement in its canonical form');

function judgeAddress({ address, network, wallet: { kind, descriptor } }: StatementFields): Finding {
  const read = readPublicDescriptor(descriptor);
  if (read === undefined) return fail('the descriptor is none of ours, or its checksum is wrong');
  if (read.kind !== kind) return fail(`the descriptor is of a ${read.kind} wallet, and the text says ${kind}`);
  const derived = addressOf(read, networks[network]);
  return derived === address ? pass(address) : fail(`the descriptor gives ${derived}, and the text says ${address}`);
}

function judgeSignature(address: string, { statement, signature }: Attestation): Finding {
  if (!signature.startsWith('smp')) return fail('it does not begin with smp, as a simple one of BIP-322 does');
  const verdict = verifySimple(address, utf8ToBytes(statement), signature);
  return verdict === 'valid' ? pass(`BIP-322, by the key of ${address}`) : fail(`BIP-322 finds it ${verdict}`);
}

function judgeChallenge({ document, fields: { challengeRoot }, expected }: Case): Finding {
  if (!isProof(document)) {
    if (expected.challenge !== undefined) return fail('the document answers no challenge');
    const nobody = challengeRoot === bytesToHex(noChallengeRoot);
    return unchecked(nobody ? 'nobody waited for this statement' : 'the document says nothing of those it answers');
  }
  const challenge = bytesOfHex32(document.challenge);
  if (challenge === undefined) return fail('the challenge is not 32 bytes in hex');
  if (expected.challenge !== undefined && bytesToHex(expected.challenge) !== document.challenge) {
    return fail(`the answer is to another challenge, ${document.challenge}`);
  }
  const root = rootOf(challenge, pathOf(document));
  if (root === undefined || bytesToHex(root) !== challengeRoot)
    return fail('the path does not lead to the signed root');
  const { length } = document.path;
  const steps = `a path of ${length === 1 ? '1 step' : `${length} steps`} to the signed root`;
  if (expected.challenge === undefined) return unchecked(`${steps}; whose challenge it was cannot be told from here`);
  return pass(`yours, by ${steps}`);
}

function judgePreimage({ document, expected: { preimage } }: Case): Finding {
  if (preimage === undefined || !isProof(document)) return unchecked('no preimage is known');
  const { random, blockHash } = preimage;
  if (random.length !== 32 || blockHash.length !== 32) return fail('the preimage is not two times 32 bytes');
  if (bytesToHex(committedChallenge(random, blockHash)) !== document.challenge) {
    return fail('the preimage does not hash to the challenge');
  }
  if (blockHash.every((byte) => byte === 0)) return unchecked('it names no block (--block-hash or --esplora would)');
  return pass(`block ${bytesToHex(blockHash)}`);
}

function judgeAuthority(said: string, seen: string | undefined): Finding {
  if (seen === undefined) return unchecked(`${said}, not compared`);
  return said === seen ? pass(said) : fail(`the text says ${said}, and the port shows one of ${seen}`);
}

function judgeBuild(said: string, expected: string | undefined): Finding {
  if (expected === undefined) return unchecked(`${said}, not compared`);
  return said === expected ? pass(said) : fail(`the text says ${said}, and expected was ${expected}`);
}

/** Seconds: the most that `--timeout` takes. */
const longestAsking = 3600;

function judgeTime(time: number, asked: Expectations['asked']): Finding {
  if (asked === undefined) return unchecked('not compared with a clock');
  const { from, until, tolerance } = asked;
  // Of a file: what is between question and answer would be all that somebody likes.
  if (until < from - tolerance || until > from + longestAsking + tolerance)
    return fail(`asked at ${from}, and answered at ${until}: a question waits for ${longestAsking} s at most`);
  const off = time < from ? time - from : Math.max(0, time - until);
  const words = off === 0 ? 'between question and answer' : `${Math.abs(off)} s ${off < 0 ? 'before' : 'after'} them`;
  return Math.abs(off) <= tolerance ? pass(words) : fail(`${words}; allowed are ${tolerance}`);
}

function judgeStart({ address, startedAt, time }: StatementFields, earlier: Expectations['earlier']): Finding {
  if (startedAt > time) return fail('it says that it was signed before the process started');
  if (earlier === undefined) return unchecked('no earlier statement to compare with');
  if (address !== earlier.address) return fail(`it is another wallet than the one seen before, ${earlier.address}`);
  if (startedAt < earlier.startedAt) return fail('the process says that it started earlier than it said before');
  if (time < earlier.time) return fail('it is older than a statement that was seen before');
  return pass(startedAt === earlier.startedAt ? 'the same process as before' : 'started anew since');
}
