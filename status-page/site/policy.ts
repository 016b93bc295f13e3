/*
 * What the page may do, as data: as a meta element on it, and as headers by whoever serves it (CloudFront has them from
 * here). Where both are there both hold.
 */

type Directives = Readonly<Record<string, readonly string[]>>;

const directives = (explorers: readonly string[]): Directives => ({
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'worker-src': ["'self'"],
  'style-src': ["'self'"],
  'img-src': ["'self'"],
  // Of the explorers the origins alone, and asked after a click alone.
  'connect-src': ["'self'", ...new Set(explorers.map(originOf))],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
  'require-trusted-types-for': ["'script'"],
  // What starts a worker is as good as a script: one policy may name them (browser/ask-worker.ts), and it knows two.
  'trusted-types': ['workers'],
});

/** The document schema has made sure of the form. */
const originOf = (url: string): string => /^https?:\/\/[^/]+/.exec(url)?.[0] ?? url;

const written = (policy: Directives): string =>
  Object.entries(policy)
    .map(([name, values]) => `${name} ${values.join(' ')}`)
    .join('; ');

export const metaPolicy = (explorers: readonly string[]): string => written(directives(explorers));

/** Base URLs of the explorers, as they are in the status document. */
export const responseHeaders = (explorers: readonly string[]) =>
  ({
    // A meta element cannot say who may frame the page.
    'content-security-policy': written({ ...directives(explorers), 'frame-ancestors': ["'none'"] }),
    'strict-transport-security': 'max-age=31536000',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    'cross-origin-opener-policy': 'same-origin',
    // What programs read, they read from anywhere.
    'access-control-allow-origin': '*',
  }) as const;
