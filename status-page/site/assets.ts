import type { Answer } from './answer.ts';

/* What the build of the page leaves for the poller: files whose names have their hash, and which of them is what. */

export interface SiteAssets {
  /** Paths without a slash before them, as they are named on the page. */
  readonly style: string;
  readonly script: string;
  /** By the state that they show; one that is missing is left out of the page. */
  readonly cards: Readonly<Partial<Record<Answer['name'], string>>>;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

export interface SiteObject {
  readonly bytes: Uint8Array;
  readonly contentType: string;
  readonly cacheControl: string;
}

const types: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  png: 'image/png',
  svg: 'image/svg+xml',
};

export const assetType = (path: string): string =>
  types[path.slice(path.lastIndexOf('.') + 1)] ?? 'application/octet-stream';

/** Their names change with their bytes. */
export const forever = 'public, max-age=31536000, immutable';
/** As old as a poll: nobody is to see an older one for longer. */
export const briefly = 'public, max-age=30, must-revalidate';
