import { concatBytes } from '@noble/hashes/utils.js';
import type { RogueClient } from './client.ts';
import type { Heard, Watcher } from './peer.ts';
import type { Departure, Transport } from './wire.ts';

/*
 * A visitor of the website who says what it is told, byte for byte; of what comes back it reads responses, as a browser
 * would (RFC 9112 §6.3).
 */

/** How a visit ended: what was answered, in its order. */
export interface VisitEnding {
  readonly statuses: readonly number[];
  /** Heads and contents, as they came. */
  readonly text: string;
  readonly how: Departure;
}

type Response = Extract<Heard, { type: 'response' }>;

const MAX_HEAD = 16_384;

export class RogueVisitor {
  readonly wire: Transport;
  watcher: Watcher | undefined;
  /** Whoever asks by HEAD is told of a length, and gets no content. */
  asksByHead = false;
  readonly #sealed: boolean;

  /** `sealed`: what goes through `wire` is encrypted on its way. */
  constructor(wire: Transport, sealed = false) {
    this.wire = wire;
    this.#sealed = sealed;
  }

  /** Anything. Of a text each letter is a byte, so there is none over U+00FF in it. */
  say(what: string | Uint8Array): void {
    const bytes = typeof what === 'string' ? latin1(what) : what;
    this.watcher?.sent({ type: 'text', bytes, sealed: this.#sealed });
    this.wire.write(bytes);
  }

  /** A head whose lines end in CRLF, and the empty line: `request('GET / HTTP/1.1', 'Host: localhost')`. */
  request(line: string, ...fields: readonly string[]): void {
    this.say(`${[line, ...fields].join('\r\n')}\r\n\r\n`);
  }

  /** Leaves: by FIN, or by RST. */
  leave(how: 'fin' | 'reset' = 'fin'): void {
    this.watcher?.sent({ type: 'left', how });
    if (how === 'fin') this.wire.end();
    else this.wire.reset();
  }

  /** The next response, or that the other side has left; half a response counts for none. */
  async hear(): Promise<Response | Extract<Heard, { type: 'left' }>> {
    const heard = await this.#hear();
    this.watcher?.heard(heard, this.#sealed);
    return heard;
  }

  /** Everything until the other side leaves. */
  async ending(): Promise<VisitEnding> {
    const statuses: number[] = [];
    let text = '';
    for (;;) {
      const heard = await this.hear();
      if (heard.type === 'left') return { statuses, text, how: heard.how };
      statuses.push(heard.status);
      text += heard.head + textOf(heard.content);
    }
  }

  async #hear(): Promise<Response | Extract<Heard, { type: 'left' }>> {
    let head = '';
    while (!head.endsWith('\r\n\r\n')) {
      const byte = await this.wire.read(1);
      if (typeof byte === 'string') return { type: 'left', how: byte };
      head += textOf(byte);
      if (head.length > MAX_HEAD) throw new Error(`what came is no response: no head ends within ${MAX_HEAD} bytes`);
    }
    const [, status, reason = ''] = /^HTTP\/1\.1 (\d{3}) (.*)\r\n/.exec(head) ?? [];
    if (status === undefined) throw new Error(`what came is no response: ${JSON.stringify(head.slice(0, 40))}`);
    const [, length = '0'] = /\r\ncontent-length: (\d+)\r\n/i.exec(head) ?? [];
    const content = await this.wire.read(this.asksByHead ? 0 : Number(length));
    if (typeof content === 'string') return { type: 'left', how: content };
    return { type: 'response', status: Number(status), reason, head, content };
  }
}

/** The same over TLS, past Finished; `tls` is what is beneath it, open to be misused. */
export class RogueTlsVisitor extends RogueVisitor {
  readonly tls: RogueClient;

  private constructor(tls: RogueClient) {
    super(new ApplicationData(tls), true);
    this.tls = tls;
  }

  /** Shakes hands with the website, with nobody's certificate; `watcher` is told of all but what the records carry. */
  static async enter(tls: RogueClient, watcher?: Watcher): Promise<RogueTlsVisitor> {
    tls.watcher = watcher && withoutContents(watcher);
    tls.hello({ protocols: ['http/1.1'], serverName: 'localhost' });
    await tls.serverFlight();
    tls.finished();
    tls.sealWithApplicationKeys();
    const visitor = new RogueTlsVisitor(tls);
    visitor.watcher = watcher;
    return visitor;
  }
}

/** The visitor tells of requests and responses itself. */
const withoutContents = (watcher: Watcher): Watcher => ({
  sent(sent) {
    if (sent.type !== 'record' || sent.contentType !== APPLICATION_DATA) watcher.sent(sent);
  },
  heard(heard, sealed) {
    if (heard.type !== 'data' && heard.type !== 'left') watcher.heard(heard, sealed);
  },
});

const APPLICATION_DATA = 23;
const MAX_FRAGMENT = 16_384;

/** What a session carries, as a transport. */
class ApplicationData implements Transport {
  readonly #tls: RogueClient;
  #bytes = new Uint8Array(0);

  constructor(tls: RogueClient) {
    this.#tls = tls;
  }

  write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += MAX_FRAGMENT) this.#tls.data(bytes.subarray(at, at + MAX_FRAGMENT));
  }

  async read(length: number): Promise<Uint8Array | Departure> {
    while (this.#bytes.length < length) {
      const heard = await this.#tls.hear();
      if (heard.type === 'left') return heard.how;
      if (heard.type === 'data') this.#bytes = concatBytes(this.#bytes, heard.bytes);
    }
    const taken = this.#bytes.slice(0, length);
    this.#bytes = this.#bytes.subarray(length);
    return taken;
  }

  /** RFC 9846 §6.1: close_notify, and the FIN behind it. */
  end(): void {
    this.#tls.alert(1, 0);
    this.#tls.wire.end();
  }

  reset(): void {
    this.#tls.wire.reset();
  }
}

const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
