import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { base64 } from '@scure/base';
import { lostStyle } from './page-lost.ts';
import { style } from './style.ts';
import { recordStyle } from './style-records.ts';

type Field = readonly [name: string, value: string];

/** CSP3 §2.3.1: a stylesheet is allowed by what it says. */
const hashOf = (text: string): string => `'sha256-${base64.encode(sha256(utf8ToBytes(text)))}'`;

/**
 * A page may show itself and its icon, and nothing else: no script, no form, no frame, nothing of a third party.
 * (No Strict-Transport-Security: the authority behind our HTTPS is our own, and plain HTTP has to work for a stranger.)
 */
const policy = (styles: readonly string[]): string =>
  [
    "default-src 'none'",
    `style-src ${styles.map(hashOf).join(' ')}`,
    "img-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

const everywhere: readonly Field[] = [
  ['X-Content-Type-Options', 'nosniff'],
  ['X-Frame-Options', 'DENY'],
  ['Referrer-Policy', 'no-referrer'],
  ['Cross-Origin-Opener-Policy', 'same-origin'],
  ['Permissions-Policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=()'],
];

const fieldsOfPage = (styles: readonly string[]): readonly Field[] => [
  ['Content-Security-Policy', policy(styles)],
  ['Cross-Origin-Resource-Policy', 'same-origin'],
  ...everywhere,
];

export const pageFields = fieldsOfPage([style]);
/** Of the pages of the past, which have a second stylesheet. */
export const recordFields = fieldsOfPage([style, recordStyle]);

/** From any origin, without credentials, of which we have none. */
const fromAnywhere: readonly Field[] = [
  ['Cross-Origin-Resource-Policy', 'cross-origin'],
  ['Access-Control-Allow-Origin', '*'],
  ...everywhere,
];

/** Of what a program reads. */
export const dataFields: readonly Field[] = [
  ['Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'"],
  ...fromAnywhere,
];

/** Of the page for whoever is lost, which may be a program too. */
export const lostFields: readonly Field[] = [['Content-Security-Policy', policy([lostStyle])], ...fromAnywhere];
