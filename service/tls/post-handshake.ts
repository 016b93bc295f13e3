import { success } from '../x509/index.ts';
import { handshakeMessage, KeyUpdateRequest, keyUpdate } from './handshake-messages.ts';
import { decode } from './presentation.ts';
import type { Handled, HandshakeMessage, Output } from './states.ts';

/**
 * KeyUpdate, RFC 9846 §4.6.3: the peer's next key, and, if it asks for it, ours before our next application data, once
 * however often it asked while we were silent. The engine bounds how many.
 */
export function updateKeys<State>(state: State, message: HandshakeMessage): Handled<State> {
  const request = decode(keyUpdate, message.body);
  if (request.ok !== true) return request;
  const answer: readonly Output[] =
    request.value === KeyUpdateRequest.update_requested ? [{ kind: 'oweKeyUpdate' }] : [];
  return success({ state, outputs: [{ kind: 'nextOpeningKey' }, ...answer] });
}

/** Sent under the old key; what follows is sealed with the next. We never ask the peer for one. */
export const ourKeyUpdate = {
  kind: 'message',
  name: 'key_update',
  bytes: handshakeMessage('key_update', keyUpdate, KeyUpdateRequest.update_not_requested),
} as const satisfies Output;
