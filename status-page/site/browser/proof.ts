import { hexToBytes } from '@noble/hashes/utils.js';
import { committedChallenge } from '../../../service/attest/challenge-tree.ts';
import { decodeProof, isProof, longestProof, type Proof } from '../../../service/attest/proof.ts';
import { type ProofCheck, verifyProof } from '../../../service/attest/verify-proof.ts';
import { decodeStatement } from '../../../service/bitcoin/statement.ts';
import { age } from '../age.ts';
import { type Finding, fetchText, showFindings } from './findings.ts';

/* The archived statement, verified again here: signature, address, challenge, authorities. With its age by this clock. */

/** Without these the key is not proven. A build is another matter, and so are credentials for tests. */
const needed: readonly ProofCheck['name'][] = ['text', 'address', 'signature', 'challenge', 'preimage', 'time'];

/** Seconds by which the clock of a host may differ from that of the poller. */
const tolerance = 300;

export async function checkProof(place: HTMLElement): Promise<void> {
  try {
    const { proof: url = '', address = '' } = place.dataset;
    const document = decodeProof(await fetchText(url, longestProof));
    if ('fault' in document) throw new Error(`what is archived is no proof: ${document.fault}`);
    if (!isProof(document)) throw new Error('what is archived answers no challenge');
    const findings = judge(document, address, place.dataset);
    const holds = findings.every(({ outcome }) => outcome !== 'fail');
    const answered = Number(place.dataset['answered']);
    const old = age(Math.floor(Date.now() / 1000) - answered);
    showFindings(
      place,
      holds
        ? `Your browser verified it: the key of ${short(address)} signed it ${old} ago, over bytes made for it.`
        : 'Your browser does not find that it holds.',
      holds ? 'good' : 'bad',
      findings,
    );
  } catch (error) {
    showFindings(place, `Not verified: ${error instanceof Error ? error.message : String(error)}.`, 'bad', []);
  }
}

function judge(document: Proof, address: string, given: DOMStringMap): readonly Finding[] {
  const [random, blockHash] = [hexToBytes(given['random'] ?? ''), hexToBytes(given['block'] ?? '')];
  const checks = verifyProof(document, {
    challenge: committedChallenge(random, blockHash),
    preimage: { random, blockHash },
    caSha256: given['ca'],
    siteCaSha256: given['siteCa'],
    asked: { from: Number(given['asked']), until: Number(given['answered']), tolerance },
  });
  const shown = decodeStatement(document.statement)?.fields.address === address;
  return [
    {
      outcome: shown ? 'pass' : 'fail',
      text: shown ? 'the statement is of the address that this page shows' : 'the statement is of another address',
    },
    ...checks
      .filter(({ name, outcome }) => outcome !== 'unchecked' || needed.includes(name))
      .filter(({ name, outcome }) => name !== 'test' || outcome === 'pass')
      .map(({ name, outcome, proves, found }) => ({
        // What is needed and was not compared does not hold.
        outcome: outcome === 'unchecked' ? ('fail' as const) : outcome,
        text: outcome === 'pass' ? proves : `${name}: ${found}`,
      })),
  ];
}

const short = (address: string): string => `${address.slice(0, 10)}…${address.slice(-6)}`;
