import { createHash, X509Certificate } from 'node:crypto';
import { request as requestTls } from 'node:https';
import { bytesToHex } from '@noble/hashes/utils.js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { decodeProof, isProof, verifyProof } from '../../service/attest/index.ts';
import { decodeStatement, type StatementText, signStatement } from '../../service/bitcoin/index.ts';
import { HostNotary } from '../../service/host/notary.ts';
import { fieldsOf, key } from '../attest/sample-statement.ts';
import { liveService } from './live-service.ts';
import { eventually } from './relay.ts';

const { challengeRoot: _root, time: _time, ...standing } = fieldsOf();

describe('the timer of the notary', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function opened() {
    const signed: number[] = [];
    const log: string[] = [];
    const hedges: string[] = [];
    const state = { broken: false, drawn: 0 };
    const notary = new HostNotary({
      clock: { seconds: () => Math.floor(Date.now() / 1000), monotonic: () => Date.now() },
      entropy: (length) => new Uint8Array(length).fill(++state.drawn),
      log: (event) => void log.push(event),
      standing: () => standing,
      sign: (statement: StatementText, hedge: Uint8Array) => {
        if (state.broken) throw new Error('no signature today');
        signed.push(Date.now());
        hedges.push(bytesToHex(hedge));
        return signStatement(key, statement, hedge);
      },
    });
    return { notary, signed, log, hedges, state };
  }
  const post = (notary: HostNotary, byte = 1): string => {
    const id = notary.challenges.take(new Uint8Array(32).fill(byte));
    if (id === undefined) throw new Error('full');
    return id;
  };

  it('signs as soon as it is there, and then every ten minutes', () => {
    const { notary, signed } = opened();
    const start = Date.now();
    expect(decodeStatement(notary.latest.statement)).toBeDefined();
    vi.advanceTimersByTime(1_900_000);
    expect(signed.map((at) => at - start)).toEqual([0, 600_000, 1_200_000, 1_800_000]);
    notary.stop();
  });

  it('a flood of an hour costs one signature a second, each with a hedge of its own', () => {
    const { notary, signed, hedges } = opened();
    for (let round = 0; round < 300; round++) {
      for (let left = 5; left > 0; left--) post(notary);
      vi.advanceTimersByTime(100);
    }
    const gaps = signed.slice(1).map((at, index) => at - (signed[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1000);
    expect(signed.length).toBeLessThanOrEqual(31);
    expect(new Set(hedges).size).toBe(hedges.length);
    notary.stop();
  });

  it('who comes after a pause is answered at once', () => {
    const { notary } = opened();
    vi.advanceTimersByTime(5000);
    const id = post(notary);
    expect(notary.challenges.find(id)).toBe('waiting');
    vi.advanceTimersByTime(1);
    expect(notary.challenges.find(id)).toMatchObject({ challenge: new Uint8Array(32).fill(1), path: [] });
    notary.stop();
  });

  it('an exception is told, costs those who wait a second, and ends nothing', () => {
    const { notary, log, state } = opened();
    const before = notary.latest;
    state.broken = true;
    const id = post(notary);
    vi.advanceTimersByTime(3500);
    expect(log).toEqual(['statement_failed', 'statement_failed', 'statement_failed']);
    expect([notary.latest, notary.challenges.find(id)]).toEqual([before, 'waiting']);
    notary.renew();
    state.broken = false;
    vi.advanceTimersByTime(1000);
    expect(notary.challenges.find(id)).not.toBe('waiting');
    notary.stop();
  });

  it('who is told of a statement and breaks takes nothing of it back', () => {
    const log: string[] = [];
    let told = 0;
    const notary = new HostNotary({
      clock: { seconds: () => Math.floor(Date.now() / 1000), monotonic: () => Date.now() },
      entropy: (length) => new Uint8Array(length),
      log: (event) => void log.push(event),
      standing: () => standing,
      sign: (statement: StatementText, hedge: Uint8Array) => signStatement(key, statement, hedge),
      onSigned: () => {
        told += 1;
        throw new Error('not listening');
      },
    });
    const first = notary.latest;
    vi.advanceTimersByTime(600_000);
    expect([told, log]).toEqual([2, ['statement_not_told', 'statement_not_told']]);
    expect(notary.latest).not.toEqual(first);
    expect(notary.revision).toBe(2);
    notary.stop();
  });

  it('stopped, it signs no more', () => {
    const { notary, signed } = opened();
    notary.stop();
    post(notary);
    vi.advanceTimersByTime(10_000_000);
    expect(signed).toHaveLength(1);
  });

  it('a ticket of another process is none of ours', () => {
    const [one, two] = [opened(), opened()];
    two.notary.challenges.take(new Uint8Array(32));
    const [prefix = '', number = ''] = post(one.notary).split('-');
    expect(prefix).toMatch(/^[0-9a-f]{16}$/);
    expect(one.notary.challenges.find(`${'0'.repeat(16)}-${number}`)).toBeUndefined();
    for (const id of ['', '-', prefix, `${prefix}-`, `${prefix}-9`, `${prefix}--1`, `${prefix}-x`]) {
      expect(one.notary.challenges.find(id), id).not.toMatchObject({ challenge: expect.anything() });
    }
    one.notary.stop();
    two.notary.stop();
  });
});

describe('in a piñata that runs', () => {
  const bytes = new Uint8Array(32).fill(0xa5);
  const post = (port: number, body: Uint8Array<ArrayBuffer> = bytes): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}/challenge`, { method: 'POST', body, headers: { connection: 'close' } });
  const checked = (text: string): readonly string[] => {
    const proof = decodeProof(text);
    if ('fault' in proof) throw new Error(proof.fault);
    const challenge = isProof(proof) ? bytes : undefined;
    return verifyProof(proof, { challenge }).flatMap(({ name, outcome }) => (outcome === 'pass' ? [name] : []));
  };

  it('there is a statement once the ports are open', async () => {
    const { get, status } = await liveService();
    expect(checked(await get('/attestation.json'))).toEqual(['text', 'address', 'signature', 'test']);
    const { proof, caSha256, siteCaSha256, startedAt } = await status();
    const statement: { readonly statement: string } = JSON.parse(await get('/attestation.json'));
    const fields = decodeStatement(statement.statement)?.fields;
    expect(fields).toMatchObject({ caSha256, siteCaSha256 });
    expect([proof.url, proof.time, startedAt]).toEqual([
      '/attestation.json',
      new Date((fields?.time ?? 0) * 1000).toISOString().replace('.000', ''),
      new Date((fields?.startedAt ?? 0) * 1000).toISOString().replace('.000', ''),
    ]);
  });

  it('a challenge by HTTP is answered, and counted as a visit of the page', async () => {
    const { service, get, counted } = await liveService();
    const posted = await post(service.ports.http);
    expect(posted.status).toBe(202);
    const { url, ready }: { readonly url: string; readonly ready: boolean } = JSON.parse(await posted.text());
    expect(ready).toBe(false);
    const proof = await eventually(
      () => get(url),
      (text) => text.includes('signature'),
    );
    expect(checked(proof)).toEqual(['text', 'address', 'signature', 'challenge', 'test']);
    await counted('http.404', 0);
  });

  it('and one by HTTPS', async () => {
    const { service, get } = await liveService();
    const ca = await get('/site-ca.pem');
    const asked = (method: string, path: string, body?: Uint8Array): Promise<string> =>
      new Promise((resolve, reject) => {
        const options = { host: '127.0.0.1', port: service.ports.https, ca, method, path, agent: false };
        const asking = requestTls(options, (response) => {
          let text = '';
          response.on('data', (part) => (text += String(part)));
          response.on('end', () => resolve(text));
        });
        asking.on('error', reject);
        asking.setHeader('content-length', body?.length ?? 0);
        asking.end(body);
      });
    const { url }: { readonly url: string } = JSON.parse(await asked('POST', '/challenge', bytes));
    const proof = await eventually(
      () => asked('GET', url),
      (text) => text.includes('signature'),
    );
    expect(checked(proof)).toContain('challenge');
  });

  it('whoever leaves too many from one prefix is told to come again', async () => {
    const { service } = await liveService();
    const statuses: number[] = [];
    // As many as two seconds earn come on top; a machine that takes seconds for each would never be told.
    while (!statuses.includes(429) && statuses.length < 400) {
      const some = await Promise.all(Array.from({ length: 40 }, () => post(service.ports.http)));
      statuses.push(...some.map(({ status }) => status));
    }
    expect(new Set(statuses)).toEqual(new Set([202, 429]));
    expect(statuses.filter((status) => status === 202).length).toBeGreaterThanOrEqual(16);
  });

  it('at a rotation page and statement switch together', async () => {
    const { clock, get } = await liveService(['--certificate-days', '1']);
    const first = await get('/attestation.json');
    clock.pass(86_400);
    const said = await eventually(
      async () => {
        const [page, text] = [await get('/'), await get('/attestation.json')];
        // One page has both: the statement, and first of all fingerprints that of the current authority.
        const [, said = 'none'] = /\nca-sha256: ([0-9a-f]{64})\n/.exec(page) ?? [];
        const [, shown] = /class="fingerprint">([0-9a-f]{64})</.exec(page) ?? [];
        expect(said).toBe(shown);
        return { text, pem: await get('/ca.pem') };
      },
      ({ text }) => text !== first,
    );
    const sha256 = createHash('sha256').update(new X509Certificate(said.pem).raw).digest('hex');
    expect(said.text).toContain(`\\nca-sha256: ${sha256}\\n`);
    expect(checked(said.text)).toContain('signature');
  });
});
