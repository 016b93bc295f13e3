import { describe, expect, test } from 'vitest';
import type { SiteView } from '../../service/site/index.ts';
import { routes } from '../../service/site/routes.ts';
import { type AttemptHead, failureKeys, failureTable, parseTraceLine } from '../../service/trace/index.ts';
import { asker } from './ask.ts';
import { emptyArchive, sampleArchive, sampleAttempts, sampleDays, sampleRejected } from './sample-archive.ts';
import { sampleNow, sampleView } from './sample-view.ts';

/* The pages of the past: what they say, where they lead, and that their JSON says the same. */

const ask = asker(sampleView);
const pages = [...routes]
  .filter(([path, { type }]) => path !== '/' && type.startsWith('text/html'))
  .map(([path]) => path);
const words = (source: string): string => source.replace(/<style>.*?<\/style>|<[^>]+>/gs, ' ').replace(/\s+/g, ' ');

describe.each(pages)('%s', (path) => {
  const { status, content, fields } = ask(path);

  test('is a page, with a title of its own, and JSON beside it', () => {
    expect(status).toBe(200);
    expect(content.match(/<h1>/g)).toHaveLength(1);
    expect(content).toContain(`<link rel="alternate" href="${path}.json" type="application/json">`);
    const data = ask(`${path}.json`);
    expect([data.status, data.fields.get('Content-Type')]).toEqual([200, 'application/json']);
    expect(data.fields.get('Access-Control-Allow-Origin')).toBe('*');
    expect(data.fields.get('X-Content-Type-Options')).toBe('nosniff');
    expect(JSON.parse(data.content)).toBeTypeOf('object');
  });

  test('has no script, no handler, no inline style, no form, and both its sheets are allowed by their hash', () => {
    expect(content).not.toMatch(/<(?:script|iframe|object|embed|form|input|base)/i);
    expect(content).not.toMatch(/\s(?:on[a-z]+|style|srcdoc|formaction)=/i);
    expect(content.match(/<style>/g)).toHaveLength(2);
    expect(fields.get('Content-Security-Policy')?.match(/'sha256-/g)).toHaveLength(2);
  });

  test('is the same until something happens', () => {
    const later = asker({ ...sampleView });
    expect(later(path).fields.get('ETag')).toBe(fields.get('ETag'));
  });

  test('is there before anybody came', () => {
    const empty = asker({ ...sampleView, archive: emptyArchive, incidents: () => ({ incidents: [], unreadable: 0 }) });
    expect(empty(path).status).toBe(200);
    expect(JSON.parse(empty(`${path}.json`).content)).toBeTypeOf('object');
  });

  test('headings go down one level at a time', () => {
    const levels = [...content.matchAll(/<h([1-6])/g)].map(([, level]) => Number(level));
    levels.reduce((before, level) => {
      expect(level - before).toBeLessThanOrEqual(1);
      return level;
    }, 0);
  });
});

test('every link of every page leads somewhere, as far as one can go', () => {
  const seen = new Set(['/']);
  const outside = new Set<string>();
  for (const path of seen) {
    const { status, content, fields } = ask(path);
    expect([path, status]).toEqual([path, 200]);
    if (fields.get('Content-Type')?.startsWith('text/html') !== true || seen.size > 600) continue;
    for (const [, href = ''] of content.matchAll(/<(?:a|link) [^>]*href="([^"]*)"/g)) {
      const target = href.replaceAll('&amp;', '&');
      if (target.startsWith('/') && target !== '/#wallet') seen.add(target);
      else if (target.startsWith('https:')) outside.add(target);
    }
  }
  expect(seen.size).toBeGreaterThan(300);
  const places = [...outside].filter((target) => target.startsWith('https://www.rfc-editor.org/'));
  for (const place of places)
    expect(place).toMatch(/^https:\/\/www\.rfc-editor\.org\/rfc\/rfc\d{4}(?:#(?:section|appendix)-[\dA-Z.]+)?$/);
  expect(places.length).toBeGreaterThan(3);
});

describe('paging', () => {
  /** All rows, by the links of the JSON. */
  const all = <Row>(path: string, name: string, from: SiteView = sampleView): readonly Row[] => {
    const askHere = asker(from);
    const rows: Row[] = [];
    for (let next: string | null = path; next !== null; ) {
      const document: Record<string, Row[]> & { next: string | null } = JSON.parse(askHere(next).content);
      rows.push(...(document[name] ?? []));
      next = document.next;
    }
    return rows;
  };

  test.each(['', '?limit=7', '?limit=100', '?limit=80'])('of attempts gives each once, newest first: %s', (query) => {
    const heads = all<AttemptHead>(`/attempts.json${query}`, 'attempts');
    expect(heads).toEqual(sampleAttempts.map(({ head }) => head).toReversed());
  });

  test('of attempts keeps to the filter', () => {
    const heads = all<AttemptHead>('/attempts.json?limit=4&port=reverse&category=cert.none', 'attempts');
    const wanted = sampleAttempts
      .map(({ head }) => head)
      .filter(({ port, category }) => port === 'reverse' && category === 'cert.none');
    expect(wanted.length).toBeGreaterThan(4);
    expect(heads).toEqual(wanted.toReversed());
  });

  test('of lines: the oldest of a page first, as far as they fit, and whoever goes on above them gets all', () => {
    const lines = (query: string): readonly { head: AttemptHead }[] =>
      ask(`/attempts.jsonl${query}`)
        .content.trimEnd()
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line));
    const { length } = sampleAttempts;
    const got: AttemptHead[] = [];
    while (got.length < length) {
      const page = lines(`?before=${got.length + 41}&limit=40`);
      const fresh = page.map(({ head }) => head).filter(({ number }) => number > got.length);
      expect(fresh.length).toBeGreaterThan(0);
      got.push(...fresh);
    }
    expect(got).toEqual(sampleAttempts.map(({ head }) => head));
    expect(ask('/attempts.jsonl?port=server').status).toBe(400);
  });

  test('of days, certificates and greetings', () => {
    expect(all<{ day: string }>('/days.json?limit=9', 'days').map(({ day }) => day)).toEqual(
      sampleDays.map(({ day }) => day).toReversed(),
    );
    expect(
      all<{ sha256: string }>('/certificates/rejected.json?limit=5', 'certificates').map(({ sha256 }) => sha256),
    ).toEqual(sampleRejected.map(({ sha256 }) => sha256));
    expect(all<object>('/guest-book.json?limit=2', 'greetings')).toHaveLength(5);
  });

  test('a page of HTML has the rows of its JSON, and the same next', () => {
    for (const query of ['?limit=3', '?before=100&limit=3', '?limit=3&port=server']) {
      const { attempts, next }: { attempts: AttemptHead[]; next: string } = JSON.parse(
        ask(`/attempts.json${query}`).content,
      );
      const { content } = ask(`/attempts${query}`);
      const numbers = [...content.matchAll(/<th scope="row"><a href="\/attempts\/(\d+)"/g)].map(([, n]) => Number(n));
      expect(numbers).toEqual(attempts.map(({ number }) => number));
      expect(content).toContain(`href="${next.replace('.json', '').replaceAll('&', '&amp;')}" rel="next"`);
    }
  });

  test.each(['/attempts?category=no.such', '/attempts.json?category=constructor'])('%s: 404', (path) => {
    expect(ask(path).status).toBe(404);
  });
});

describe('/statistics', () => {
  const { content } = ask('/statistics');

  test('the shares of the categories that occurred sum to 100.00', () => {
    const table = /aria-label="Connections by category">(.*?)<\/table>/s.exec(content)?.[1] ?? '';
    const shares = [...table.matchAll(/<td class="number">(\d+\.\d\d)<\/td><\/tr>/g)].map(([, share]) => Number(share));
    const { byCategory, connections } = sampleArchive.summary();
    expect(shares).toHaveLength(Object.keys(byCategory).length + 1);
    expect(shares.slice(0, -1).reduce((sum, share) => sum + share, 0)).toBeCloseTo(100, 8);
    expect(Object.values(byCategory).reduce((sum, count) => sum + count, 0)).toBe(connections);
    expect(table.match(/<svg/g)).toHaveLength(Object.keys(byCategory).length);
  });

  test('has every category that the article tells of, in its words, and ours beside', () => {
    const told = failureKeys.filter((key) => failureTable[key].article !== undefined);
    expect(told.length).toBeGreaterThan(15);
    const table = /aria-label="Categories of the article">(.*?)<\/table>/s.exec(content)?.[1] ?? '';
    for (const key of told) expect(table).toContain(`<code>${key}</code>`);
    expect(words(table)).toContain('cert.none “ No X.509'.slice(0, 9));
    expect(words(table)).toMatch(
      /cert\.none\s+No X\.509 certificate was presented in 1200\s+about 1 200\s+5\.7 %\s+1 204\s+15\.3 %/,
    );
  });

  test('draws a curve for each of both, with a point for each day, also of those without anybody', () => {
    const paths = [...content.matchAll(/<path class="curve-(?:bounty|website)" d="([^"]+)"/g)].map(([, d]) => d ?? '');
    expect(paths).toHaveLength(4);
    for (const path of paths) {
      expect(path).toMatch(/^M[\d. L]+$/);
      expect(path.split('L')).toHaveLength(40);
    }
    // The one of single days is by tens, and says so; the sums are even, and say nothing.
    const notes = [...content.matchAll(/<figcaption><strong>[^<]*<\/strong>([^<]*)<br>/g)].map(([, note]) => note);
    expect(notes).toEqual([', each line ten times the one below', '']);
    const [, , website = '', bounty = ''] = paths;
    for (const path of [website, bounty]) {
      const heights = path.split('L').map((point) => Number(point.split(' ')[1]));
      expect(heights).toEqual(heights.toSorted((a, b) => b - a));
    }
  });

  test('a life of ten years is drawn in no more points than fit', () => {
    const days = Array.from({ length: 3650 }, (_, index) => ({
      ...sampleDays[0],
      day: new Date((sampleNow - (3650 - index) * 86_400) * 1000).toISOString().slice(0, 10),
    }));
    const [day] = sampleDays;
    if (day === undefined) throw new Error('no day');
    const many = days.map((each) => ({ ...day, ...each }));
    const page = asker({ ...sampleView, archive: { ...sampleArchive, days: () => many } })('/statistics').content;
    expect(page).toContain('every 13 days');
    expect(page.length).toBeLessThan(64 * 1024);
  });

  test('has the visitors of each door and the digests of the days', () => {
    expect(words(content)).toMatch(/10000, it is the server 25 6 204/);
    expect(content).toContain(sampleDays.at(-1)?.chain?.digest);
  });
});

describe('one attempt', () => {
  test('its trace is a line that a reader of traces takes, and nothing was changed in it', () => {
    for (const { head, body } of sampleAttempts.slice(0, 20)) {
      const { content, fields } = ask(`/attempts/${head.number}.jsonl`);
      expect(fields.get('Content-Type')).toBe('application/jsonl');
      expect(content.endsWith('\n')).toBe(true);
      const parsed = parseTraceLine(content.trimEnd());
      if (!parsed.ok) throw new Error(parsed.problem);
      expect(parsed.line).toMatchObject({ type: 'attempt', head, body: typeof body === 'string' ? null : body });
    }
  });

  test('the trace of a breach is withheld, and says so; one that was dropped says that', () => {
    expect(words(ask('/attempts/8').content)).toContain('is withheld for now');
    expect(JSON.parse(ask('/attempts/8.json').content)).toMatchObject({ body: 'withheld', arrows: null });
    expect(words(ask('/attempts/7').content)).toContain('and dropped since');
    expect(JSON.parse(ask('/attempts/7.json').content)).toMatchObject({ body: 'dropped', arrows: null });
  });

  test('is 404 where there is none', () => {
    for (const suffix of ['', '.json', '.jsonl']) expect(ask(`/attempts/241${suffix}`).status).toBe(404);
    for (const suffix of ['', '.json', '.pem']) {
      expect(ask(`/certificates/rejected/${'0'.repeat(64)}${suffix}`).status).toBe(404);
    }
  });
});

test('the generations of traces are lines that a reader of traces takes', () => {
  const lines = ask('/generations.jsonl').content.trimEnd().split('\n');
  for (const line of lines) expect(parseTraceLine(line).ok).toBe(true);
});

test('a certificate as a file is its bytes', () => {
  const [certificate] = sampleRejected;
  const { content } = ask(`/certificates/rejected/${certificate?.sha256}.pem`);
  const base64 = content.replace(/-----[A-Z ]+-----|\n/g, '');
  expect(Buffer.from(base64, 'base64').toString('hex')).toBe(certificate?.der);
  expect(Math.max(...content.split('\n').map((line) => line.length))).toBeLessThanOrEqual(64);
});

describe('a page of which there is any number', () => {
  test.each(['/attempts/6', '/attempts/6.json', '/attempts/6.jsonl', '/attempts?before=9', '/days.json?limit=2'])(
    '%s: 304 for its own ETag, and it may be kept no longer than it says',
    (path) => {
      const { fields } = ask(path);
      const tag = fields.get('ETag') ?? '';
      expect(tag).toMatch(/^"[0-9a-f]{32}"$/);
      expect(ask(path, `If-None-Match: ${tag}\r\n`)).toMatchObject({ status: 304, content: '' });
      expect(ask(path, 'If-None-Match: "x"\r\n').status).toBe(200);
      expect(fields.get('Cache-Control')).toBe(path.includes('?') ? 'no-cache' : 'max-age=300');
    },
  );

  test('is 500 where the archive breaks, and the first page stands', () => {
    const broken = new Proxy(sampleArchive, {
      get: () => () => {
        throw new Error('the disk is gone');
      },
    });
    const askBroken = asker({ ...sampleView, archive: broken });
    for (const path of ['/attempts', '/attempts/6.json', '/statistics']) {
      expect(askBroken(path)).toMatchObject({
        status: 500,
        content: '500 Internal Server Error\nThe page of this piñata is /\n',
      });
    }
    expect(askBroken('/').status).toBe(200);
  });
});

describe('/handshake', () => {
  test('over plain HTTP says where it is to be had', () => {
    expect(ask('/handshake').content).toContain('href="https://127.0.0.1:8443/handshake"');
    expect(JSON.parse(ask('/handshake.json').content)).toEqual({ handshake: null });
  });

  test('is of the connection it is asked for over, and remembered by nobody', () => {
    const random = (byte: string) => byte.repeat(32);
    const page = (byte: string) =>
      asker(sampleView, () => [
        { t: 1, type: 'client_random', random: random(byte) },
        {
          t: 2,
          type: 'negotiated',
          version: '1.3',
          cipherSuite: 'TLS_AES_128_GCM_SHA256',
          group: 'X25519',
          applicationProtocol: undefined,
          serverName: 'a<b>.example',
        },
      ])('/handshake');
    const [one, two] = [page('ab'), page('cd')];
    expect(one.content).toContain(random('ab'));
    expect(two.content).not.toContain(random('ab'));
    expect(one.content).toContain('a&lt;b&gt;.example');
    expect(one.fields.get('Cache-Control')).toBe('no-store');
  });
});
