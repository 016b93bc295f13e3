import { base64 } from '@scure/base';
import * as v from 'valibot';
import type { SiteAssets } from '../site/index.ts';

/* The page's own files as one JSON text beside the poller's bundle: built once, and the same for every run. */

const schema = v.object({
  style: v.string(),
  script: v.string(),
  cards: v.record(v.string(), v.string()),
  /** By path, base64. */
  files: v.record(v.string(), v.string()),
});

export const encodeSiteFiles = ({ style, script, cards, files }: SiteAssets): string =>
  `${JSON.stringify({
    style,
    script,
    cards,
    files: Object.fromEntries([...files].map(([path, bytes]) => [path, base64.encode(bytes)])),
  })}\n`;

/** Throws where it is not what `encodeSiteFiles` writes: it comes from our own build. */
export function decodeSiteFiles(text: string): SiteAssets {
  const { style, script, cards, files } = v.parse(schema, JSON.parse(text));
  return {
    style,
    script,
    cards,
    files: new Map(Object.entries(files).map(([path, encoded]) => [path, base64.decode(encoded)])),
  };
}
