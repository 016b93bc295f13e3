import type { Output, Release } from '../../service/attest/release.ts';
import { sha256 } from '../build/sha256.ts';

/*
 * What a live page loads, held against a release. Its HTML is made anew with each poll and can be in no release, so of that it is
 * asked that it loads nothing but files of the release, and has no script but one of them.
 */

export type PageFiles =
  | { readonly state: 'match'; readonly release: string; readonly count: number }
  | { readonly state: 'differ'; readonly release: string; readonly differences: readonly string[] }
  | { readonly state: 'unchecked'; readonly reason: string };

export interface LivePage {
  /** By path from the root: the HTML. */
  readonly documents: ReadonlyMap<string, string>;
  /** Each file that a document names; undefined where there is none. */
  readonly files: ReadonlyMap<string, Uint8Array | undefined>;
}

/** All files of a page are there, and have the hash of their bytes in their names. */
export const filesNamedIn = (html: string): readonly string[] => [
  ...new Set(html.match(/(?<=\/)assets\/[0-9A-Za-z._-]+/g) ?? []),
];

/** A release that names none has nothing that a page could be held against: known before the page is asked for anything. */
export const withoutPage = ({ version, outputs }: Release): PageFiles | undefined =>
  outputs.some(({ name }) => /^page-.*\.js$/.test(name))
    ? undefined
    : { state: 'unchecked', reason: `release ${version} names no files of a page` };

/** In a release a file has its name without the folder. `policy`: that the page's own code puts into each document. */
export function comparePage(release: Release, live: LivePage, policy: string): PageFiles {
  const none = withoutPage(release);
  if (none !== undefined) return none;
  const { version, outputs } = release;
  const differences = [
    ...[...live.documents].flatMap(([path, html]) => faultsOf(html, policy).map((fault) => `${path} ${fault}`)),
    ...[...live.files].flatMap(([path, bytes]) => faultOf(path, bytes, outputs) ?? []),
  ];
  return differences.length > 0
    ? { state: 'differ', release: version, differences }
    : { state: 'match', release: version, count: live.files.size };
}

function faultOf(path: string, bytes: Uint8Array | undefined, outputs: readonly Output[]): string | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const released = outputs.find((output) => output.name === name);
  if (released === undefined) return `${path} is no file of the release`;
  if (bytes === undefined) return `${path} is not there`;
  const found = sha256(bytes);
  return found === released.sha256
    ? undefined
    : `${path} has the SHA-256 ${found.slice(0, 16)}, and not ${released.sha256.slice(0, 16)}`;
}

function faultsOf(html: string, policy: string): readonly string[] {
  const head = html.search(/<body/i);
  const meta = html.indexOf(`<meta http-equiv="Content-Security-Policy" content="${escaped(policy)}">`);
  const tags = [...html.matchAll(/<(?:script|link|style|base|iframe|object|embed)\b[^>]*>?/gi)].map(([tag]) => tag);
  const first = html.search(/<(?:script|link|style|base)\b/i);
  return [
    ...(meta < 0 || meta > head || meta > first ? ['does not begin with the content security policy of the page'] : []),
    ...tags.filter((tag) => !isOwn(tag)).map((tag) => `loads what is no file of a release: ${tag.slice(0, 80)}`),
  ];
}

/** Of the tags that load something, those that the page is made with. */
const isOwn = (tag: string): boolean =>
  /^<script type="module" src="\/assets\/[0-9A-Za-z._-]+">$/.test(tag) ||
  /^<link rel="stylesheet" href="\/assets\/[0-9A-Za-z._-]+">$/.test(tag) ||
  /^<link rel="icon" href="\/favicon\.svg" [^<>]*>$/.test(tag) ||
  /^<link rel="(?:canonical|alternate)" [^<>]*>$/.test(tag);

const escaped = (text: string): string => text.replace(/&/g, '&amp;').replace(/'/g, '&#39;').replace(/"/g, '&quot;');
