import { createServer } from 'node:http';
import { bytesToHex } from '@noble/hashes/utils.js';
import { type Browser, chromium as playwright } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeEvidence, statementName } from '../../service/attest/evidence.ts';
import { challengeLeaf, encodeProof, type Proof } from '../../service/attest/index.ts';
import type { StatusDocument } from '../../status-page/document/index.ts';
import { lookAtProof } from '../../status-page/poller/look-proof.ts';
import { type EvidenceQuestion, judgeEvidence } from '../../status-page/site/browser/judge-evidence.ts';
import { buildAssets } from '../../status-page/site/build.ts';
import { renderSite } from '../../status-page/site/index.ts';
import { fieldsOf, proofOf } from '../attest/sample-statement.ts';
import { type Kind, type Machine, releaseText, sceneOf, tpmEvidence } from '../attest/verification-scene.ts';
import { required } from '../support/required.ts';
import { liveHistory } from './sample-history.ts';
import { liveStatus } from './sample-status.ts';
import { serveSite } from './serve-site.ts';
import { listening } from './stand-in-host.ts';

/* Evidence of hardware: archived by the poller as it came, and judged by whoever looks, against the registers of the release. */

const questionOf = (kind: Kind, machine: Partial<Machine> = {}): EvidenceQuestion => {
  const [{ proof, evidence }] = sceneOf({ kind, machine }).observations;
  if (evidence === undefined) throw new Error('the scene has no evidence');
  return { text: evidence.text, proof: encodeProof(proof), received: evidence.received, release: releaseText };
};
/** A TPM of nobody known: its quote can be compared, and proves nothing. */
const anonymous = { ekCertificate: undefined } as const;

describe('judged', () => {
  const failing = (question: EvidenceQuestion) => {
    const judgement = judgeEvidence(question);
    if ('fault' in judgement) return judgement.fault;
    const failed = judgement.findings.filter(({ outcome }) => outcome === 'fail').map(({ text }) => text.split(':')[0]);
    return [judgement.outcome, ...failed];
  };

  test('a quote of this statement and of the registers of the release has no fault, and is not green', () => {
    expect(failing(questionOf('tpm', anonymous))).toEqual(['old']);
  });

  test.each([
    [
      'another image',
      questionOf('tpm', { ...anonymous, registers: { 4: new Uint8Array(32).fill(99) } }),
      'expected-pcrs',
    ],
    ['another statement', questionOf('tpm', { ...anonymous, quoted: 'another' }), 'quote-nonce'],
    ['a root that AWS does not have', questionOf('nitro'), 'nitro-root'],
    ['a maker that nobody pinned', questionOf('tpm'), 'endorsement'],
  ])('%s is refused', (_, question, check) => {
    const found = failing(question);
    expect(found[0]).toBe('bad');
    expect(found).toContain(check);
  });

  test.each([
    ['no release', { release: undefined }, 'no release is named'],
    ['what is no release', { release: '{}' }, 'what is named as the release is none'],
    ['no statement', { proof: '<html>' }, 'the archived statement'],
  ])('%s to hold it against is said', (_, parts, words) => {
    expect(failing({ ...questionOf('tpm', anonymous), ...parts })).toContain(words);
  });
});

describe('archived by the poller', () => {
  /** A host that signs what it is asked for; `shows` is answered for evidence, by the proof. */
  async function seenOf(shows: (proof: Proof) => { readonly status: number; readonly text: string }) {
    let proof: Proof | undefined;
    const asked: string[] = [];
    const server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const { url = '' } = request;
        asked.push(url);
        if (request.method === 'POST') {
          const challenge = new Uint8Array(Buffer.concat(parts));
          proof = proofOf(
            { ...fieldsOf(), challengeRoot: bytesToHex(challengeLeaf(challenge)) },
            bytesToHex(challenge),
          );
          response.writeHead(202).end(JSON.stringify({ ready: false, url: `/challenge/${'ab'.repeat(8)}-1` }));
        } else if (proof !== undefined && url.startsWith('/evidence/')) {
          const { status, text } = shows(proof);
          response.writeHead(status).end(text);
        } else response.writeHead(200).end(proof === undefined ? '' : encodeProof(proof));
      });
    });
    const port = await listening(server);
    const challenge = { blockHash: '1b'.repeat(32), earlier: undefined, clock: () => fieldsOf().time };
    const seen = await lookAtProof(new URL(`http://127.0.0.1:${port}/`), challenge, new AbortController().signal);
    expect(asked).toContain(`/evidence/${seen.statementSha256}`);
    return seen;
  }
  const evidenceOf = ({ statement }: Proof): string =>
    encodeEvidence({
      statementSha256: statementName(statement),
      configuration: undefined,
      tpm: tpmEvidence(statement, { configuration: undefined }),
      nitroTpm: undefined,
    });

  test('as it came', async () => {
    let shown = '';
    const seen = await seenOf((proof) => {
      shown = evidenceOf(proof);
      return { status: 200, text: shown };
    });
    expect(shown).toContain('btc-pinata/evidence/v1');
    expect(seen.evidence).toBe(shown);
  });

  test.each([
    ['there is none', 404, () => ''],
    ['it is no document of evidence', 200, () => '<script>'],
    ['the host fails', 500, evidenceOf],
    ['it is of another statement', 200, (proof: Proof) => evidenceOf({ ...proof, statement: 'another' })],
  ])('not where %s; the proof stands by itself', async (_, status, shows) => {
    const seen = await seenOf((proof) => ({ status, text: shows(proof) }));
    expect(seen.evidence).toBeUndefined();
    expect(seen.text).toContain('btc-pinata');
  });
});

const chromium = required.tool('chromium');

describe.skipIf(chromium.missing)('in Chromium, after a click', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await playwright.launch({ executablePath: chromium.path, args: ['--no-sandbox', '--disable-gpu'] });
  });
  afterAll(async () => {
    await browser?.close();
  });

  test.each([
    [
      'an anonymous TPM',
      questionOf('tpm', anonymous),
      /^Your browser finds no fault, and nobody who vouches for the TPM/,
    ],
    ['an AWS of nobody', questionOf('nitro'), /^Your browser does not find that it holds/],
  ])('%s', async (_, { text, proof = '', received, release = '' }, words) => {
    const { proof: known, evidence } = liveStatus;
    if (known.state !== 'known' || evidence.state !== 'known') throw new Error('the sample knows both');
    const expected = { version: '1.2.3', sha256: 'ef'.repeat(32), document: '/release/release.json' };
    const status: StatusDocument = {
      ...liveStatus,
      build: { ...liveStatus.build, expected },
      proof: { ...known, value: { ...known.value, answeredAt: received } },
      evidence: { ...evidence, value: { ...evidence.value, url: '/proofs/evidence.json' } },
    };
    const assets = await buildAssets();
    const objects = new Map(renderSite(status, liveHistory, assets));
    const put = (path: string, content: string): void => {
      const bytes = new TextEncoder().encode(content);
      objects.set(path, { bytes, contentType: 'application/json', cacheControl: 'no-store' });
    };
    put(known.value.url.slice(1), proof);
    put('proofs/evidence.json', text);
    put('release/release.json', release);
    const site = await serveSite(objects, []);
    const context = await browser.newContext();
    // A loaded machine takes its time; what never comes ends with the test.
    context.setDefaultTimeout(300_000);
    const page = await context.newPage();
    await page.goto(site.origin);
    expect(site.requests.some((path) => path.includes('evidence'))).toBe(false);
    await page.click('.check[data-evidence] button');
    await page.waitForSelector('.check[data-evidence] strong');
    expect(await page.textContent('.check[data-evidence] strong')).toMatch(words);
    expect(await page.locator('.check[data-evidence] li').count()).toBeGreaterThan(6);
    await context.close();
    await site.close();
  });
});
