import { hexToBytes } from '@noble/hashes/utils.js';
import { committedChallenge } from '../../../service/attest/challenge-tree.ts';
import { decodeProof, isProof, type Proof } from '../../../service/attest/proof.ts';
import { type ProofCheck, verifyProof } from '../../../service/attest/verify-proof.ts';
import { decodeStatement } from '../../../service/bitcoin/statement.ts';
import { isBlockless } from '../blockless.ts';
import type { Finding, Judgement } from './findings.ts';

/* The archived statement, verified again: signature, address, challenge, authorities. Without a clock: its age is the page's. */

export interface ProofQuestion {
  /** The archived document. */
  readonly text: string;
  /** Which the page shows. */
  readonly address: string;
  /** What the challenge was made from, hex. */
  readonly random: string;
  readonly blockHash: string;
  /** As shown on the ports, hex. */
  readonly caSha256: string | undefined;
  readonly siteCaSha256: string | undefined;
  /** Seconds since 1970. */
  readonly asked: number;
  readonly answered: number;
}

/** Without these the key is not proven. A build is another matter, and so are credentials for tests. */
const needed: readonly ProofCheck['name'][] = ['text', 'address', 'signature', 'challenge', 'preimage', 'time'];

const unknownBlock =
  'no block was known to the page when it asked: that the challenge is not older than one is not shown';

/** Seconds by which the clock of a host may differ from that of the poller. */
const tolerance = 300;

export function judgeProof(question: ProofQuestion): Judgement {
  const document = decodeProof(question.text);
  if ('fault' in document) return { fault: `what is archived is no proof: ${document.fault}` };
  if (!isProof(document)) return { fault: 'what is archived answers no challenge' };
  const findings = judged(document, question);
  const holds = findings.every(({ outcome }) => outcome !== 'fail');
  // When it was signed is said by the page, which has the clock.
  return {
    outcome: holds ? 'good' : 'bad',
    title: holds ? 'Your browser verified it' : 'Your browser does not find that it holds.',
    findings,
  };
}

function judged(document: Proof, question: ProofQuestion): readonly Finding[] {
  const { address, caSha256, siteCaSha256, asked, answered } = question;
  const [random, blockHash] = [hexToBytes(question.random), hexToBytes(question.blockHash)];
  const checks = verifyProof(document, {
    challenge: committedChallenge(random, blockHash),
    preimage: { random, blockHash },
    caSha256,
    siteCaSha256,
    asked: { from: asked, until: answered, tolerance },
  });
  const blockless = isBlockless(question.blockHash);
  const shown = decodeStatement(document.statement)?.fields.address === address;
  return [
    {
      outcome: shown ? 'pass' : 'fail',
      text: shown ? 'the statement is of the address that this page shows' : 'the statement is of another address',
    },
    ...checks
      .filter(({ name, outcome }) => outcome !== 'unchecked' || needed.includes(name))
      .filter(({ name, outcome }) => name !== 'test' || outcome === 'pass')
      .map(({ name, outcome, proves, found }): Finding => {
        if (outcome === 'pass') return { outcome, text: proves };
        if (outcome === 'unchecked' && name === 'preimage' && blockless) return { outcome, text: unknownBlock };
        // What is needed and was not compared does not hold.
        return { outcome: 'fail', text: `${name}: ${found}` };
      }),
  ];
}
