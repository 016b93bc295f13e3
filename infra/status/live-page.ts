import { readFileSync } from 'node:fs';
import { decodeRelease, type Release } from '../../service/attest/release.ts';
import { Misuse } from '../../service/tools/command-words.ts';
import { askLimits } from '../../status-page/chain/index.ts';
import type { StatusDocument } from '../../status-page/document/index.ts';
import { metaPolicy } from '../../status-page/site/policy.ts';
import { newestRelease } from '../newest-release.ts';
import { comparePage, filesNamedIn, type PageFiles, withoutPage } from './page-files.ts';

/** The HTML of a page. */
const documents = ['index.html', 'incidents.html', 'history.html'] as const;
/** No page names so many files; one that does is not looked at further. */
const mostFiles = 64;

export type Compare = (url: string, shown: StatusDocument) => Promise<PageFiles>;

/** Holds pages against the release of this file, or the newest that came with the program. Throws a Misuse. */
export function comparer(releaseFile: string | undefined, interrupted: AbortSignal): Compare {
  const release = releaseIn(releaseFile);
  if (release === undefined)
    return () =>
      Promise.resolve({
        state: 'unchecked',
        reason: 'no release came with this program, and none is named (--release FILE)',
      });
  const none = withoutPage(release);
  if (none !== undefined) return () => Promise.resolve(none);
  return async (url, { page }) => {
    try {
      const html = new Map<string, string>();
      for (const path of documents) {
        const bytes = await fetched(`${url}/${path}`, interrupted);
        if (bytes === undefined) return { state: 'unchecked', reason: `there is no ${url}/${path}` };
        html.set(path, new TextDecoder().decode(bytes));
      }
      const named = [...new Set([...html.values()].flatMap(filesNamedIn))].slice(0, mostFiles);
      const files = new Map<string, Uint8Array | undefined>();
      for (const path of named) files.set(path, await fetched(`${new URL(url).origin}/${path}`, interrupted));
      return comparePage(release, { documents: html, files }, metaPolicy(page.explorers));
    } catch (error) {
      return { state: 'unchecked', reason: error instanceof Error ? error.message : String(error) };
    }
  };
}

function releaseIn(file: string | undefined): Release | undefined {
  const path = file ?? newestRelease();
  if (path === undefined) return undefined;
  const release = decodeRelease(textOf(path));
  if ('fault' in release) throw new Misuse(`${path} is no release: ${release.fault}`);
  return release;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Misuse(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Bounded, from that place alone; undefined where the server says that there is none. */
async function fetched(url: string, interrupted: AbortSignal): Promise<Uint8Array | undefined> {
  const signal = AbortSignal.any([AbortSignal.timeout(askLimits.milliseconds), interrupted]);
  const response = await fetch(url, { redirect: 'error', signal, headers: { 'user-agent': 'btc-pinata' } });
  if (response.status === 403 || response.status === 404) return undefined;
  if (response.status !== 200) throw new Error(`${url} answers ${response.status}`);
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of response.body ?? []) {
    length += piece.length;
    if (length > askLimits.bytes) throw new Error(`${url} is over ${askLimits.bytes} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
