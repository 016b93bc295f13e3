import { ContentType } from './record.ts';
import type { RecordContent } from './trace-event.ts';

/** What an event tells of an encrypted record: all of what was said in the handshake, and of the rest how much it was (design §4.7). */
export function recordContent(contentType: ContentType, content: Uint8Array, fragment: Uint8Array): RecordContent {
  switch (contentType) {
    case ContentType.handshake:
    case ContentType.alert:
      return { type: 'said', contentType, content, fragment };
    case ContentType.change_cipher_spec:
    case ContentType.application_data:
    case ContentType.heartbeat:
      return { type: 'withheld', contentType, length: content.length };
  }
}
