import { AlertLevel, alertName } from '../tls/alert.ts';
import { handshakeName } from '../tls/handshake-type.ts';
import { ContentType } from '../tls/record.ts';

/* What the records of one direction say, in words: a handshake message may be cut over several, or share one. */

export class RecordWords {
  /** Bytes of a handshake message that are still to come. */
  #missing = 0;
  #name = '';

  /** One line each. */
  of(contentType: number, content: Uint8Array): readonly string[] {
    switch (contentType) {
      case ContentType.handshake:
        return content.length === 0 ? ['a handshake record of nothing'] : this.#handshake(content);
      case ContentType.alert:
        return [content.length === 2 ? alertWords(content[0] ?? 0, content[1] ?? 0) : `an alert of ${bytes(content)}`];
      case ContentType.change_cipher_spec:
        return [
          content.length === 1 && content[0] === 1 ? 'change_cipher_spec' : `change_cipher_spec: ${hex(content)}`,
        ];
      case ContentType.application_data:
        return [`application data, ${bytes(content)}`];
      default:
        return [contentType === 0 ? `padding alone` : `content type ${contentType}, ${bytes(content)}`];
    }
  }

  #handshake(content: Uint8Array): readonly string[] {
    const lines: string[] = [];
    let at = 0;
    if (this.#missing > 0) {
      const more = Math.min(this.#missing, content.length);
      this.#missing -= more;
      at = more;
      lines.push(`${this.#name}, ${more} bytes more`);
    }
    while (at < content.length) {
      const [type = 0, high, middle, low] = content.subarray(at, at + 4);
      if (low === undefined || middle === undefined || high === undefined) {
        lines.push(`the first ${bytes(content.subarray(at))} of ${handshakeName(type)}`);
        return lines;
      }
      const length = 4 + high * 65_536 + middle * 256 + low;
      const here = Math.min(length, content.length - at);
      this.#name = handshakeName(type);
      this.#missing = length - here;
      lines.push(
        here === length ? `${this.#name}, ${length} bytes` : `${this.#name}, the first ${here} of ${length} bytes`,
      );
      at += here;
    }
    return lines;
  }
}

export const alertWords = (level: number, description: number): string =>
  `alert: ${alertName(description)} (${levelWord(level)})`;

export const levelWord = (level: number): string =>
  level === AlertLevel.fatal ? 'fatal' : level === AlertLevel.warning ? 'warning' : `level ${level}`;

const bytes = (content: Uint8Array): string => (content.length === 1 ? '1 byte' : `${content.length} bytes`);

const hex = (content: Uint8Array): string =>
  content.length === 0
    ? 'empty'
    : [...content.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
