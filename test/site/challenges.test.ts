import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { describe, expect, test } from 'vitest';
import { Notary, notaryLimits, signRoot } from '../../service/attest/index.ts';
import { type Challenges, createSite, type Site, type Visit } from '../../service/site/index.ts';
import { fieldsOf, hedge } from '../attest/sample-statement.ts';
import { sampleNow, sampleView } from './sample-view.ts';

const prefix = '0123456789abcdef';

/** The site with a notary behind it, as the host has it. */
function opened() {
  const notary = new Notary();
  const challenges: Challenges = {
    length: 32,
    take: (challenge) => {
      const ticket = notary.take(challenge);
      return ticket === undefined ? undefined : `${prefix}-${ticket}`;
    },
    find: (id) => {
      const found = notary.find(Number(id.split('-')[1]));
      return found?.state === 'waiting' ? 'waiting' : found;
    },
  };
  const sign = (now: number) =>
    notary.sign(now, (root) => signRoot(fieldsOf(), { root, time: sampleNow, hedge }, () => 'smp'));
  const site = createSite({ now: () => sampleNow, revision: () => 0, view: () => sampleView, challenges });
  return { notary, site, sign };
}

const post = (content: Uint8Array, path = '/challenge'): Uint8Array =>
  concatBytes(utf8ToBytes(`POST ${path} HTTP/1.1\r\nHost: h\r\nContent-Length: ${content.length}\r\n\r\n`), content);

function ask(site: Site, request: Uint8Array | string, visit?: Visit) {
  const step = site.step(site.open(), typeof request === 'string' ? utf8ToBytes(request) : request, visit);
  const text = new TextDecoder().decode(concatBytes(...step.out));
  const end = text.indexOf('\r\n\r\n');
  return { status: step.events[0]?.status, head: text.slice(0, end), content: text.slice(end + 4), close: step.close };
}
const get = (path: string, fields = ''): string => `GET ${path} HTTP/1.1\r\nHost: h\r\n${fields}\r\n`;

describe('a challenge', () => {
  const bytes = utf8ToBytes('cAnArY--cAnArY--cAnArY--cAnArY--');

  test('is taken, waits, and is answered', () => {
    const { site, sign } = opened();
    const ticket = ask(site, post(bytes));
    expect([ticket.status, JSON.parse(ticket.content)]).toEqual([
      202,
      { id: `${prefix}-0`, ready: false, url: `/challenge/${prefix}-0` },
    ]);
    expect(ask(site, get(`/challenge/${prefix}-0`)).content).toBe(ticket.content);
    sign(0);
    const answer = ask(site, get(`/challenge/${prefix}-0`));
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.content)).toMatchObject({ format: 'btc-pinata/proof/v1', path: [], signature: 'smp' });
    const [, entityTag = ''] = /ETag: ("[^"]+")/.exec(answer.head) ?? [];
    expect(ask(site, get(`/challenge/${prefix}-0`, `If-None-Match: ${entityTag}\r\n`)).status).toBe(304);
  });

  test('is in its proof as hex, and nowhere as it was sent', () => {
    const { site, sign } = opened();
    const answers = [ask(site, post(bytes)), ask(site, get(`/challenge/${prefix}-0`))];
    sign(0);
    answers.push(ask(site, get(`/challenge/${prefix}-0`)), ask(site, get('/')), ask(site, get('/attestation.json')));
    for (const { head, content } of answers) expect(head + content).not.toMatch(/canary/i);
  });

  test.each([
    '',
    prefix,
    `${prefix}-`,
    `${prefix}-1`,
    `${prefix}-00`,
    `${prefix}-0/`,
    `${prefix}-0.json`,
    `${prefix.toUpperCase()}-0`,
    `${prefix}-1e3`,
    `${prefix}-9999999999999999`,
    '../status.json',
    '%30',
  ])('%j is no ticket: 404', (id) => {
    const { site, sign } = opened();
    ask(site, post(bytes));
    sign(0);
    expect(ask(site, get(`/challenge/${id}`)).status).toBe(404);
  });

  test('anywhere else is 405, and says what is allowed', () => {
    const { site } = opened();
    expect(ask(site, post(bytes, '/')).head).toMatch(/405 [\s\S]*Allow: GET, HEAD\r\n/);
    expect(ask(site, post(bytes, '/challenge/')).head).toMatch(/405 [\s\S]*Allow: GET, HEAD\r\n/);
    expect(ask(site, get('/challenge')).head).toMatch(/405 [\s\S]*Allow: POST\r\n/);
    expect(ask(site, 'PUT /challenge HTTP/1.1\r\nHost: h\r\n\r\n').head).toMatch(/405 [\s\S]*Allow: POST\r\n/);
    expect(ask(site, 'OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n').head).toMatch(/405 [\s\S]*Allow: GET, HEAD\r\n/);
  });

  test('of another length is refused, and nothing of it is left', () => {
    const { site, notary } = opened();
    expect([0, 1, 31].map((length) => ask(site, post(new Uint8Array(length))).status)).toEqual([400, 400, 400]);
    expect([33, 64].map((length) => ask(site, post(new Uint8Array(length))).status)).toEqual([413, 413]);
    expect(ask(site, 'POST /challenge HTTP/1.1\r\nHost: h\r\n\r\n').status).toBe(411);
    expect(notary.taken).toBe(0);
  });

  test('one too many of an origin is 429, of all 503, and both say when to come again', () => {
    const { site, notary } = opened();
    const enough = { handshake: () => undefined, mayChallenge: () => false };
    expect(ask(site, post(bytes), enough)).toMatchObject({
      status: 429,
      head: expect.stringMatching(/Retry-After: 1/),
    });
    expect(notary.taken).toBe(0);
    for (let left = notaryLimits.waiting; left > 0; left--) notary.take(bytes);
    expect(ask(site, post(bytes))).toMatchObject({ status: 503, head: expect.stringMatching(/Retry-After: 1/) });
  });

  test('a site without a notary takes none', () => {
    const site = createSite({ now: () => sampleNow, revision: () => 0, view: () => sampleView });
    expect(ask(site, post(bytes)).head).toMatch(/405 [\s\S]*Allow: GET, HEAD\r\n/);
    expect(ask(site, get(`/challenge/${prefix}-0`)).status).toBe(404);
  });

  test('a defect behind it costs one answer', () => {
    const broken = () => {
      throw new Error('broken');
    };
    const challenges: Challenges = { length: 32, take: broken, find: broken };
    const site = createSite({ now: () => sampleNow, revision: () => 0, view: () => sampleView, challenges });
    expect(ask(site, post(bytes)).status).toBe(500);
    expect(ask(site, get(`/challenge/${prefix}-0`)).status).toBe(500);
  });
});

test('a hundred thousand posts: what is kept stays bounded, and every one is answered', () => {
  const { site, notary, sign } = opened();
  const statuses = new Map<number | undefined, number>();
  const request = post(new Uint8Array(32).fill(1));
  for (let number = 0; number < 100_000; number++) {
    const { status } = ask(site, request);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    if (number % 2000 !== 1999) continue;
    sign(number);
    expect(notary.remembered).toBeLessThanOrEqual(notaryLimits.answered);
  }
  const taken = 50 * notaryLimits.waiting;
  expect(statuses).toEqual(
    new Map([
      [202, taken],
      [503, 100_000 - taken],
    ]),
  );
  expect(notary.remembered).toBe(notaryLimits.answered);
});
