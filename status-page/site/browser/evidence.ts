import { longestEvidence } from '../../../service/attest/evidence.ts';
import { claims, levelNames } from '../../../service/attest/ladder.ts';
import { decodeProof, isProof } from '../../../service/attest/proof.ts';
import { decodeVerification, longestVerification } from '../../../service/attest/verification.ts';
import { pinnedRoots, verify } from '../../../service/attest/verify.ts';
import { verifyHardware } from '../../../service/attest/verify-hardware.ts';
import { type Finding, fetchText, showFindings } from './findings.ts';

/* What hardware says, judged again here, by the code of `btc-pinata verify` and the roots that it has. */

export async function checkEvidence(place: HTMLElement): Promise<void> {
  try {
    const url = place.dataset['evidence'] ?? '';
    const text = await fetchText(url, Math.max(longestEvidence, longestVerification));
    if (text.includes('"btc-pinata/verification/v1"')) showVerification(place, text);
    else await showHardware(place, text);
  } catch (error) {
    showFindings(place, `Not verified: ${error instanceof Error ? error.message : String(error)}.`, 'bad', []);
  }
}

/** A whole run, as `btc-pinata verify --save` writes it. */
function showVerification(place: HTMLElement, text: string): void {
  const read = decodeVerification(text);
  if (!read.ok) throw new Error(`what is archived is no verification: ${read.fault}`);
  const verdict = verify(read.value, { key: undefined, release: undefined, pinned: pinnedRoots });
  const title = `Your browser finds ${verdict.refused ? 'that a check fails' : `${verdict.level}, ${levelNames[verdict.level]}`}. ${claims[verdict.level]}`;
  const checks = verdict.sections.flatMap((section) => section.checks.map(findingOf));
  showFindings(place, title, verdict.refused ? 'bad' : 'good', checks);
}

/** The evidence of the archived statement alone: without a release there is nothing to hold its registers against. */
async function showHardware(place: HTMLElement, text: string): Promise<void> {
  const beside = document.querySelector<HTMLElement>('[data-proof]')?.dataset;
  if (beside?.['proof'] === undefined) throw new Error('there is no statement that it would be about');
  const proof = decodeProof(await fetchText(beside['proof'], longestEvidence));
  if ('fault' in proof || !isProof(proof)) throw new Error('the archived statement is none');
  const judged = verifyHardware(
    { proof, evidence: { text, received: Number(beside['answered']) } },
    { release: undefined, roots: [], pinned: pinnedRoots, credential: undefined, earlier: undefined },
  );
  const checks = (judged?.checks ?? []).map(findingOf);
  const refused = judged === undefined || judged.tpm === 'refused' || judged.nitro === 'refused';
  showFindings(
    place,
    refused ? 'Your browser does not find that it holds.' : 'Your browser finds that it holds, as far as it goes.',
    refused ? 'bad' : 'good',
    checks,
  );
}

const findingOf = ({
  name,
  outcome,
  found,
}: {
  readonly name: string;
  readonly outcome: Finding['outcome'];
  readonly found: string;
}): Finding => ({ outcome, text: `${name}: ${found}` });
