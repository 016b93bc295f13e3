import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { base64 } from '@scure/base';
import { describe, expect, test } from 'vitest';
import { createSite, type Site, type SiteSource, type SiteView } from '../../service/site/index.ts';
import { routes } from '../../service/site/routes.ts';
import { sampleGeneration, sampleNow, sampleView } from './sample-view.ts';

interface Response {
  readonly status: number;
  readonly fields: ReadonlyMap<string, string>;
  readonly content: string;
  readonly head: string;
}

function ask(site: Site, method: string, path: string, fields = ''): Response {
  const step = site.step(site.open(), utf8ToBytes(`${method} ${path} HTTP/1.1\r\nHost: h\r\n${fields}\r\n`));
  const text = step.out.map((piece) => new TextDecoder().decode(piece)).join('');
  const end = text.indexOf('\r\n\r\n');
  const [statusLine = '', ...lines] = text.slice(0, end).split('\r\n');
  const status = Number(statusLine.split(' ')[1]);
  expect(step.events).toEqual([{ status }]);
  const named = lines.map((line) => line.split(': ', 2) as [string, string]);
  expect(new Set(named.map(([name]) => name)).size).toBe(named.length);
  return { status, fields: new Map(named), content: text.slice(end + 4), head: text.slice(0, end) };
}

/** A source whose clock and revision the test sets, and that counts how often it was asked. */
function source(view: SiteView = sampleView) {
  const state = { now: sampleNow, revision: 0, view, asked: 0 };
  const of: SiteSource = {
    now: () => state.now,
    revision: () => state.revision,
    view: () => {
      state.asked += 1;
      return state.view;
    },
  };
  return { state, site: createSite(of) };
}

const { site } = source();
const paths = [...routes.keys()];

describe('every path', () => {
  test.each(paths)('%s: 200, and HEAD has the head of it', (path) => {
    const got = ask(site, 'GET', path);
    expect(got.status).toBe(200);
    expect(Number(got.fields.get('Content-Length'))).toBe(utf8ToBytes(got.content).length);
    expect(got.content.length).toBeGreaterThan(0);
    const head = ask(site, 'HEAD', path);
    expect(head.head).toBe(got.head);
    expect(head.content).toBe('');
  });

  test.each(paths)('%s: 304 for its own ETag, 200 for another', (path) => {
    const { fields } = ask(site, 'GET', path);
    const tag = fields.get('ETag') ?? '';
    expect(tag).toMatch(/^"[0-9a-f]{32}"$/);
    for (const list of [tag, `W/${tag}`, `"x", ${tag}`, `"x",\t${tag} , "y"`, '*']) {
      const { status, content, fields } = ask(site, 'GET', path, `If-None-Match: ${list}\r\n`);
      expect([status, content, fields.get('ETag'), fields.has('Content-Length')]).toEqual([304, '', tag, false]);
    }
    expect(ask(site, 'GET', path, `If-None-Match: "x"\r\nIf-None-Match: ${tag}\r\n`).status).toBe(304);
    for (const list of ['"x"', tag.slice(1, -1), `"x${tag.slice(1)}`, '']) {
      expect(ask(site, 'GET', path, `If-None-Match: ${list}\r\n`).status).toBe(200);
    }
  });

  test.each(paths)('%s: says what a browser may do with it', (path) => {
    const { fields } = ask(site, 'GET', path);
    const policy = fields.get('Content-Security-Policy') ?? '';
    expect(policy).toMatch(/^default-src 'none'(?:;|$)/);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*|script|https?:|data:/);
    expect(fields.get('X-Content-Type-Options')).toBe('nosniff');
    expect(fields.get('X-Frame-Options')).toBe('DENY');
    expect(fields.get('Referrer-Policy')).toBe('no-referrer');
    expect(fields.get('Cross-Origin-Opener-Policy')).toBe('same-origin');
    expect(fields.get('Permissions-Policy')).toContain('camera=()');
    expect(fields.get('Date')).toBe('Mon, 30 Nov 2026 00:53:20 GMT');
    expect(fields.get('Cache-Control')).toMatch(/^(?:no-cache|no-store|max-age=86400)$/);
    const forAll = routes.get(path)?.type.startsWith('text/html') === false;
    expect(fields.get('Access-Control-Allow-Origin')).toBe(forAll ? '*' : undefined);
    expect(fields.get('Cross-Origin-Resource-Policy')).toBe(forAll ? 'cross-origin' : 'same-origin');
    expect(fields.has('Set-Cookie')).toBe(false);
    expect(fields.has('Server')).toBe(false);
  });

  test.each([
    ['/', 'text/html; charset=utf-8'],
    ['/ca.pem', 'application/pem-certificate-chain'],
    ['/status.json', 'application/json'],
    ['/favicon.svg', 'image/svg+xml'],
    ['/.well-known/security.txt', 'text/plain; charset=utf-8'],
  ])('%s is %s', (path, type) => {
    expect(ask(site, 'GET', path).fields.get('Content-Type')).toBe(type);
  });

  test.each([
    '/x',
    '//',
    '/status.json/',
    '/STATUS.JSON',
    '/%73tatus.json',
    '/..%2fstatus.json',
    '/../status.json',
    '/.//status.json',
    '/__proto__',
    '/constructor',
    '/toString',
  ])('%s: 404', (path) => {
    const { content: notThere } = ask(site, 'GET', '/nothing');
    expect(notThere).toContain('<h1>404 Not Found</h1>');
    const { status, content, fields } = ask(site, 'GET', path);
    expect([status, content, fields.get('Cache-Control')]).toEqual([404, notThere, 'no-store']);
  });

  test('404, and 400 of a query, are a small page that leads to what there is; to a HEAD they say its length', () => {
    for (const [path, wanted] of [
      ['/x', 404],
      ['/attempts/999999', 404],
      ['/attempts?before=zebra', 400],
    ] as const) {
      const { status, content, fields } = ask(site, 'GET', path);
      expect([status, fields.get('Content-Type')]).toEqual([wanted, 'text/html; charset=utf-8']);
      expect(content).toContain('<a href="/">');
      expect(content).not.toContain('zebra');
      expect(utf8ToBytes(content).length).toBeLessThan(1200);
      const [style = ''] = /(?<=<style>).*(?=<\/style>)/.exec(content) ?? [];
      expect(fields.get('Content-Security-Policy')).toContain(`'sha256-${base64.encode(sha256(utf8ToBytes(style)))}'`);
      expect(fields.get('Access-Control-Allow-Origin')).toBe('*');
      const head = ask(site, 'HEAD', path);
      expect([head.status, head.content]).toEqual([wanted, '']);
      expect(head.fields.get('Content-Length')).toBe(String(utf8ToBytes(content).length));
    }
  });

  test('what is no page that a person comes to is refused by two lines of text', () => {
    const { content, fields } = ask(site, 'DELETE', '/');
    expect(content).toBe('405 Method Not Allowed\nThe page of this piñata is /\n');
    expect(fields.get('Content-Type')).toBe('text/plain; charset=utf-8');
  });

  test('405 says what is allowed', () => {
    const { status, fields } = ask(site, 'DELETE', '/');
    expect([status, fields.get('Allow')]).toEqual([405, 'GET, HEAD']);
  });
});

test('the stylesheet is allowed by the hash of what stands in the page', () => {
  const { content, fields } = ask(site, 'GET', '/');
  const styles = [...content.matchAll(/<style>(.*?)<\/style>/gs)];
  expect(styles).toHaveLength(1);
  const hash = base64.encode(sha256(utf8ToBytes(styles[0]?.[1] ?? '')));
  expect(fields.get('Content-Security-Policy')).toContain(`style-src 'sha256-${hash}'`);
});

describe('what a flood costs', () => {
  test('one view and one rendering a second', () => {
    const { site, state } = source();
    for (let i = 0; i < 50; i += 1) for (const path of paths) ask(site, 'GET', path);
    state.now += 0.9;
    ask(site, 'GET', '/');
    expect(state.asked).toBe(1);
    state.now += 0.1;
    for (let i = 0; i < 50; i += 1) ask(site, 'GET', '/');
    expect(state.asked).toBe(2);
  });

  test('the content of a response is shared, not copied', () => {
    const request = utf8ToBytes('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
    const [first, second] = [site.step(site.open(), request), site.step(site.open(), request)];
    expect(first.out[1]).toBe(second.out[1]);
  });

  test('a new revision shows at once, on every path', () => {
    const { site, state } = source();
    const before = ask(site, 'GET', '/ca.pem');
    const page = ask(site, 'GET', '/').content;
    state.view = { ...sampleView, generations: [sampleGeneration(3), ...sampleView.generations] };
    expect(ask(site, 'GET', '/ca.pem').content).toBe(before.content);
    state.revision += 1;
    const after = ask(site, 'GET', '/ca.pem').content;
    expect(after).toBe(state.view.generations[0].bounty.authority.pem);
    expect(ask(site, 'GET', '/').content).not.toBe(page);
    expect(ask(site, 'GET', '/').content).toContain('generation 3');
    expect(JSON.parse(ask(site, 'GET', '/status.json').content)).toMatchObject({ generation: 3 });
  });

  test('a defect of ours is a 500 without a word of it, and not an exception', () => {
    const broken = createSite({
      now: () => sampleNow,
      revision: () => 0,
      view: () => {
        throw new Error('the secret reason');
      },
    });
    const { status, content } = ask(broken, 'GET', '/');
    expect([status, content]).toEqual([500, '500 Internal Server Error\nThe page of this piñata is /\n']);
  });
});

test.each(['/', '/status.json', '/x', '/ca.pem'])('%s repeats nothing of a request', (path) => {
  const canary = 'cAnArY7f3a';
  const fields = `X-${canary}: ${canary}\r\nCookie: ${canary}\r\nOrigin: https://${canary}\r\nUser-Agent: ${canary}\r\n`;
  const { head, content } = ask(site, 'GET', `${path}?${canary}`, fields);
  expect(head + content).not.toContain(canary);
});
