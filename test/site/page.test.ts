import { describe, expect, test } from 'vitest';
import { explorers, links } from '../../service/site/links.ts';
import { page } from '../../service/site/page.ts';
import { routes } from '../../service/site/routes.ts';
import type { SiteView } from '../../service/site/view.ts';
import { sampleNow, sampleVault, sampleView, sampleWallet } from './sample-view.ts';

/** Everything optional is there, so that every branch of the page is. */
const fullView: SiteView = {
  ...sampleView,
  test: true,
  wallet: sampleVault,
  operator: { name: 'Somebody', contact: 'mailto:a@example.org', statusPage: 'https://example.org/status' },
  statistics: { ...sampleView.statistics, successes: { paired: 3, unpaired: 1, test: 2 } },
  categories: [], // not on this page
};

/** Nothing optional is there. */
const emptyView: SiteView = {
  ...sampleView,
  program: { ...sampleView.program, build: `source-${'5'.repeat(64)}` },
  generations: [sampleView.generations[0]],
  operator: {},
  manifest: { node: 'v24.21.0', crypto: 'noble', packages: [] },
  statistics: {
    ...sampleView.statistics,
    connections: 0,
    open: 0,
    byPort: { http: 0, https: 0, server: 0, dialback: 0, reverse: 0 },
    byCategory: [],
    pairs: [],
    successes: { paired: 0, unpaired: 0, test: 0 },
  },
};

const views: readonly (readonly [string, SiteView])[] = [
  ['as usual', sampleView],
  ['with everything', fullView],
  ['with nothing', emptyView],
];

const rendered = (view: SiteView): string => page(view, sampleNow);

/** Tags with the names of their attributes, in order: what a parser would build, without what is in it. */
const structure = (source: string): readonly string[] =>
  [...source.matchAll(/<(!?\/?[a-zA-Z][a-zA-Z0-9]*)((?:\s+[a-zA-Z-]+(?:="[^"]*")?)*)\s*\/?>|</g)].map(
    ([whole, name, attributes]) => {
      expect(name, `a tag that is none: ${whole}`).toBeDefined();
      return `${name} ${[...(attributes ?? '').matchAll(/([a-zA-Z-]+)(?:="[^"]*")?/g)].map(([, attribute]) => attribute).join(' ')}`;
    },
  );

/** Each string of a view, replaced one at a time. */
function* poisoned(value: unknown, poison: string): Generator<{ path: string; value: unknown }> {
  if (typeof value === 'string') yield { path: '', value: poison };
  if (typeof value !== 'object' || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    for (const inner of poisoned(item, poison)) {
      const copy = Array.isArray(value) ? [...value] : { ...value };
      Object.assign(copy, { [key]: inner.value });
      yield { path: `.${key}${inner.path}`, value: copy };
    }
  }
}

/** These choose what is shown; the types allow nothing else, and they never reach the page as text. */
const choices = /\.(?:network|kind|keyOrigin|role|client)$/;

const attacks = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</code></pre></details><svg/onload=alert(1)>',
  '</style><script>alert(1)</script>',
  '<!--',
  ']]><x>',
  '&lt;script&gt;',
  '`;alert(1)//`',
  'javascript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'https://a/"onfocus="alert(1)',
  '\u202egnp.exe\0\u200b',
];

describe.each(attacks)('%j in any string of the view', (poison) => {
  test('changes no tag and no attribute, and links to nowhere', () => {
    let tried = 0;
    for (const { path, value } of poisoned(fullView, poison)) {
      // Of a vault it is `none`; what else it can be is in the next test.
      if (choices.test(path) || path === '.wallet.recovery') continue;
      const source = rendered(value as SiteView);
      expect(structure(source), path).toEqual(structure(rendered(fullView)));
      for (const [, href] of source.matchAll(/href="([^"]*)"/g))
        expect(href, path).toMatch(/^(?:#|\/|https:\/\/|mailto:|bitcoin:)/);
      expect(source, path).not.toMatch(/[\u0000\u202e\u200b]/);
      expect(source, path).not.toContain('<script');
      tried += 1;
    }
    expect(tried).toBeGreaterThan(80);
  });

  test('nor does the recipient of a recovery copy, which is text', () => {
    const copied = (recovery: string): SiteView =>
      ({ ...sampleView, wallet: { ...sampleView.wallet, recovery } }) as SiteView;
    expect(structure(rendered(copied(poison)))).toEqual(structure(rendered(copied('age1x'))));
  });
});

test('a source that is published is linked; of one that is not it says whom to ask, and nothing else', () => {
  const withSource = (source: string | undefined): string =>
    rendered({ ...sampleView, program: { ...sampleView.program, source } });
  expect(withSource('https://source.example/')).toMatch(
    /<a href="https:\/\/source\.example\/">source<\/a> is published/,
  );
  const without = withSource(undefined);
  expect(without).not.toMatch(/is published|published source|everything is public/);
  expect(without).toContain('this page was not told: ask the operator, or anybody who has a clone');
});

describe.each(views)('the page %s', (_, view) => {
  const source = rendered(view);

  test('names what programs ask for a proof, and says nothing of a hash that its statement contradicts', () => {
    expect(source).toContain('<a href="/attestation.json">/attestation.json</a>');
    expect(source).not.toMatch(/no hash to compare|without a build hash/);
  });

  test('needs no script, and has no handler, no inline style, no form, no frame', () => {
    expect(source).not.toMatch(/<(?:script|iframe|object|embed|form|input|base|link rel="(?!icon))/i);
    expect(source).not.toMatch(/\s(?:on[a-z]+|style|srcdoc|formaction)=/i);
  });

  test('loads nothing but its icon, and that from here', () => {
    const loads = [...source.matchAll(/<(?:link|img|image|use|source|video|audio)[^>]*(?:href|src|srcset)="([^"]*)"/g)];
    expect(loads.map(([, uri]) => uri)).toEqual(['/favicon.svg']);
    expect(source).not.toMatch(/@import|url\((?!#)/);
  });

  test('every link leads somewhere: to an id of the page, a path of the site, or a place we know', () => {
    const ids = [...source.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id ?? '');
    expect(new Set(ids).size).toBe(ids.length);
    const known = [
      ...Object.values(links),
      view.program.source,
      view.operator.statusPage,
      view.operator.contact,
      view.wallet.uri,
      `${explorers[view.wallet.network]}${view.wallet.address}`,
    ];
    const targets = [...source.matchAll(/<a [^>]*href="([^"]*)"/g)].map(([, href]) => href ?? '');
    expect(targets.length).toBeGreaterThan(20);
    for (const target of targets) {
      if (target.startsWith('#')) expect(ids).toContain(target.slice(1));
      else if (target.startsWith('/')) expect([...routes.keys()]).toContain(target);
      else expect(known).toContain(target);
    }
    for (const [, label] of source.matchAll(/aria-labelledby="([^"]+)"/g)) expect(ids).toContain(label);
  });

  test('every path of the site but the icon and the robots is named on it', () => {
    const unnamed = [...routes.keys()].filter((path) => !source.includes(`href="${path}"`));
    const optional = view.operator.contact === undefined ? ['/.well-known/security.txt'] : [];
    const confined = view.sandbox === undefined ? ['/sandbox.json'] : [];
    expect(unnamed).toEqual(['/', ...confined, '/robots.txt', ...optional]);
  });

  test('headings go down one level at a time, and there is one of the first', () => {
    const levels = [...source.matchAll(/<h([1-6])/g)].map(([, level]) => Number(level));
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    levels.reduce((before, level) => {
      expect(level - before).toBeLessThanOrEqual(1);
      return level;
    }, 0);
  });

  test('is small enough to be cheap', () => {
    expect(new TextEncoder().encode(source).length).toBeLessThan(96 * 1024);
  });

  /** design.md §2: npm's `pinata` is somebody else's. */
  test('never tells anybody to run a stranger’s package', () => {
    expect(source).not.toMatch(/npx\s+pinata|npm i(?:nstall)?\s+pinata/);
  });
});

test('says whose cryptography computes', () => {
  const whose = (crypto: 'noble' | 'fast') =>
    /Cryptography<\/th>.*?data-label="Whose">([^<]*)</.exec(
      rendered({ ...sampleView, manifest: { ...sampleView.manifest, crypto } }),
    )?.[1];
  expect(whose('noble')).toBe('noble');
  expect(whose('fast')).toMatch(/^ours: X25519, P-256, Ed25519/);
});

describe('features.md C1 to C13', () => {
  const source = rendered(sampleView);
  const { bounty } = sampleView.generations[0];
  test.each([
    ['C1', bounty.authority.pem],
    ['C1 leaves', bounty.leaves[1]?.pem ?? 'no leaf'],
    ['C2', '>10001<'],
    ['C3', 'https://www.rfc-editor.org/rfc/rfc5280#section-6'],
    ['C4', 'Before you ask: yes, the piñata will talk to itself'],
    ['C5', 'The stack'],
    ['C6', '@noble/curves'],
    ['C7', 'Roll your own attack'],
    ['C8', 'Why we do this'],
    ['C9', 'schneier.com'],
    ['C11', 'pinata@example.org'],
    ['C12', '<svg class="burro"'],
    ['C13', 'https://mirage.io/blog/bitcoin-pinata-results'],
  ])('%s', (_, text) => {
    expect(source).toContain(text);
  });

  test('it never claims to be what a contest cannot show', () => {
    const words = source.replace(/<style>.*?<\/style>|<[^>]+>/gs, ' ');
    for (const word of ['unbreakable', 'unhackable', 'bulletproof']) {
      expect(words.split(word).length - 1, word).toBeLessThanOrEqual(word === 'unbreakable' ? 1 : 0);
    }
    expect(words).toContain('it can never prove it');
  });
});

test.each([
  ['host', 'It says that the key was made on this machine, whose operator could have read it.'],
  ['measured-image', 'It says that the key was made inside an image whose measurement you can check.'],
  ['imported', 'The key was handed in, so that whoever did had it.'],
] as const)('what a machine cannot prove is said: %s', (keyOrigin, words) => {
  const text = rendered({ ...sampleView, wallet: { ...sampleWallet, keyOrigin } });
  expect(text).toContain(words);
  expect(text).toContain('Only hardware that measured it can tell, and that command says whether any did.');
  expect(text).toContain(
    'That the memory of the machine was never read, by its operator or by whoever it is rented from.',
  );
});

describe('banners', () => {
  test.each(['regtest', 'signet', 'testnet4'] as const)('%s is worth nothing, and says so', (network) => {
    expect(rendered({ ...sampleView, wallet: { ...sampleView.wallet, network } })).toMatch(
      new RegExp(`class="banner"[^>]*><p>This is a ${network} piñata\\. Its coins .*(?:nothing|play money)`),
    );
  });

  test('mainnet has none, unless there are test credentials or it is broken', () => {
    const mainnet = { ...sampleView, wallet: { ...sampleView.wallet, network: 'mainnet' as const } };
    expect(rendered(mainnet)).not.toContain('class="banner');
    expect(rendered({ ...mainnet, test: true })).toContain('Test credentials exist');
    expect(rendered(fullView)).toContain('It is broken: 1 handshake succeeded without');
  });
});

test('the shares of the categories sum to 100.00, and those not met are left out', () => {
  const table = /aria-label="Connections by category">(.*?)<\/table>/s.exec(rendered(sampleView))?.[1] ?? '';
  const shares = [...table.matchAll(/<td class="number">(\d+\.\d\d)<\/td><\/tr>/g)].map(([, share]) => Number(share));
  expect(shares.slice(0, -1).reduce((sum, share) => sum + share, 0)).toBeCloseTo(100, 8);
  expect(shares.at(-1)).toBe(100);
  expect(table).not.toContain('internal.exception');
});
