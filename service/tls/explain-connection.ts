import { type Annotation, leaf, whole } from './annotation.ts';
import type { Version } from './contract.ts';
import { explainContent, explainRecordHeader, HandshakeStream, type JoinedMessage } from './explain.ts';
import { explainHandshake, type Speaking } from './explain-messages.ts';
import { byteCount } from './explain-words.ts';
import { ExtensionType } from './extension-type.ts';
import { serverHello } from './handshake-messages.ts';
import { HandshakeType } from './handshake-type.ts';
import { join } from './join.ts';
import { decode } from './presentation.ts';
import { HEADER_LENGTH } from './record.ts';

/* The records of one connection explained in their order (RFC 9846 §5): messages are joined, and ServerHello settles the version. */

/** A record as it was recorded: of an encrypted one what was in it, as far as that was kept. */
export interface ToldRecord {
  readonly direction: 'received' | 'sent';
  readonly contentType: number;
  readonly version: number;
  readonly length: number;
  readonly content:
    | { readonly type: 'clear'; readonly fragment: Uint8Array }
    | {
        readonly type: 'said';
        readonly contentType: number;
        readonly content: Uint8Array;
        readonly fragment: Uint8Array;
      }
    | { readonly type: 'withheld'; readonly contentType: number; readonly length: number }
    | { readonly type: 'unopened' };
}

export interface ExplainedBytes {
  readonly bytes: Uint8Array;
  /** Its leaves cover `bytes`. */
  readonly annotation: Annotation;
}

export interface ExplainedRecord {
  /** Header and fragment as they were on the wire; where the fragment was not kept, the header alone. */
  readonly wire: ExplainedBytes;
  /** What an encrypted record held (RFC 9846 §5.2, RFC 5246 §6.2.3), where it was kept. */
  readonly inner: ExplainedBytes | undefined;
  /** Messages that end in this record and began in an earlier one. */
  readonly joined: readonly JoinedMessage[];
}

export class ConnectionExplainer {
  #version: Version = '1.3';
  readonly #streams = { received: new HandshakeStream(), sent: new HandshakeStream() };

  record({ direction, contentType, version, length, content }: ToldRecord): ExplainedRecord {
    const header = Uint8Array.of(contentType, version >> 8, version & 0xff, length >> 8, length & 0xff);
    const stream = this.#streams[direction];
    const heard = (message: Uint8Array): Speaking => this.#heard(message);
    switch (content.type) {
      case 'clear': {
        const { fields, joined } = explainContent(contentType, content.fragment, HEADER_LENGTH, stream, heard);
        const bytes = join([header, content.fragment]);
        const annotation = whole('TLSPlaintext', 0, [...explainRecordHeader(bytes), ...fields], clear);
        return { wire: { bytes, annotation }, inner: undefined, joined };
      }
      case 'said': {
        const bytes = join([header, content.fragment]);
        const explained = explainContent(content.contentType, content.content, 0, stream, heard);
        const inner = whole('content', 0, explained.fields, this.#opened());
        return {
          wire: { bytes, annotation: this.#sealed(bytes, undefined) },
          inner: { bytes: content.content, annotation: inner },
          joined: explained.joined,
        };
      }
      case 'withheld': {
        const value = `${byteCount(content.length)} inside, which are not kept`;
        return { wire: { bytes: header, annotation: this.#sealed(header, value) }, inner: undefined, joined: [] };
      }
      case 'unopened':
        return {
          wire: { bytes: header, annotation: this.#sealed(header, 'it could not be opened, and is not kept') },
          inner: undefined,
          joined: [],
        };
    }
  }

  /** Messages that began and did not end, as far as they came: call it when there are no more records. */
  unfinished(): readonly JoinedMessage[] {
    return Object.values(this.#streams).flatMap(({ pending: bytes }) =>
      bytes.length === 0 ? [] : [{ bytes, annotation: explainHandshake(bytes, { version: this.#version }) }],
    );
  }

  #opened(): { readonly section: string } {
    return { section: this.#version === '1.3' ? 'RFC 9846 §5.2' : 'RFC 5246 §6.2.3' };
  }

  #sealed(bytes: Uint8Array, value: string | undefined): Annotation {
    const section = this.#version === '1.3' ? 'RFC 9846 §5.2' : 'RFC 5246 §6.2.3.3';
    const rest = bytes.length - HEADER_LENGTH;
    const fields = rest === 0 ? [] : [leaf('encrypted_record', HEADER_LENGTH, rest)];
    return whole('TLSCiphertext', 0, [...explainRecordHeader(bytes), ...fields], { section, value });
  }

  /** RFC 9846 §4.1.3: TLS 1.3 is in supported_versions of a ServerHello, or is not spoken. */
  #heard(message: Uint8Array): Speaking {
    if (message[0] === HandshakeType.server_hello) {
      const hello = decode(serverHello, message.subarray(4));
      if (hello.ok === true) {
        const { extensions } = hello.value;
        this.#version = extensions.some(({ type }) => type === ExtensionType.supported_versions) ? '1.3' : '1.2';
      }
    }
    return { version: this.#version };
  }
}

const clear = { section: 'RFC 9846 §5.1' } as const;
