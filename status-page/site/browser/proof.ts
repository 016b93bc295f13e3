import { age } from '../age.ts';
import { askWorker } from './ask-worker.ts';
import { fetchText, type Judgement, showFindings } from './findings.ts';
import type { ProofQuestion } from './judge-proof.ts';

/* The archived statement, fetched, judged in a worker and shown, with its age by this clock. */

/** Longer than any (service/attest/proof.ts, whose code is in the worker). */
const longest = 65_536;

export async function checkProof(place: HTMLElement): Promise<void> {
  try {
    const { proof: url = '', address = '', random = '', block: blockHash = '', ca, siteCa } = place.dataset;
    const [asked, answered] = [Number(place.dataset['asked']), Number(place.dataset['answered'])];
    const text = await fetchText(url, longest);
    const judgement = await askWorker<ProofQuestion, Judgement>('proof', {
      text,
      address,
      random,
      blockHash,
      caSha256: ca,
      siteCaSha256: siteCa,
      asked,
      answered,
    });
    if ('fault' in judgement) throw new Error(judgement.fault);
    const { outcome, title, findings } = judgement;
    const old = age(Math.floor(Date.now() / 1000) - answered);
    showFindings(
      place,
      outcome === 'good'
        ? `${title}: the key of ${short(address)} signed it ${old} ago, over bytes made for it.`
        : title,
      outcome,
      findings,
    );
  } catch (error) {
    showFindings(place, `Not verified: ${error instanceof Error ? error.message : String(error)}.`, 'bad', []);
  }
}

const short = (address: string): string => `${address.slice(0, 10)}…${address.slice(-6)}`;
