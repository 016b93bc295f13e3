import { utf8ToBytes } from '@noble/hashes/utils.js';
import { createSite, type OwnHandshake, type SiteView } from '../../service/site/index.ts';
import { sampleNow } from './sample-view.ts';

export interface Answer {
  readonly status: number;
  readonly fields: ReadonlyMap<string, string>;
  readonly content: string;
}

/** Asks a site for paths, by bytes and without a socket. */
export function asker(view: SiteView, handshake?: OwnHandshake): (path: string, fields?: string) => Answer {
  const site = createSite({ now: () => sampleNow, revision: () => 0, view: () => view });
  return (path, fields = '') => {
    const request = utf8ToBytes(`GET ${path} HTTP/1.1\r\nHost: h\r\n${fields}\r\n`);
    const visit = { handshake: handshake ?? (() => undefined), mayChallenge: () => true };
    const step = site.step(site.open(), request, visit);
    const text = step.out.map((piece) => new TextDecoder().decode(piece)).join('');
    const end = text.indexOf('\r\n\r\n');
    const [, ...lines] = text.slice(0, end).split('\r\n');
    const answered = new Map(
      lines.map((line): readonly [string, string] => {
        const [name = '', value = ''] = line.split(': ', 2);
        return [name, value];
      }),
    );
    return { status: step.events[0]?.status ?? 0, fields: answered, content: text.slice(end + 4) };
  };
}
