import { askWorker } from './ask-worker.ts';
import { fetchText, type Judgement, showFindings } from './findings.ts';
import type { EvidenceQuestion } from './judge-evidence.ts';

/* What hardware says: fetched after a click, with what it is about and what it is held against, and judged in a worker. */

/** Longer than a saved run (service/attest/verification.ts), a statement and a release, whose codes are in the worker. */
const longest = { evidence: 4_194_304, proof: 65_536, release: 262_144 } as const;

export async function checkEvidence(place: HTMLElement): Promise<void> {
  try {
    const { evidence = '', release } = place.dataset;
    const beside = document.querySelector<HTMLElement>('[data-proof]')?.dataset;
    const optional = (path: string | undefined, most: number): Promise<string | undefined> =>
      path === undefined ? Promise.resolve(undefined) : fetchText(path, most);
    const [text, proof, published] = await Promise.all([
      fetchText(evidence, longest.evidence),
      optional(beside?.['proof'], longest.proof),
      optional(release, longest.release),
    ]);
    const judgement = await askWorker<EvidenceQuestion, Judgement>('evidence', {
      text,
      proof,
      received: Number(place.dataset['received'] ?? beside?.['answered']),
      release: published,
    });
    if ('fault' in judgement) throw new Error(judgement.fault);
    showFindings(place, judgement.title, judgement.outcome, judgement.findings);
  } catch (error) {
    showFindings(place, `Not verified: ${error instanceof Error ? error.message : String(error)}.`, 'bad', []);
  }
}
