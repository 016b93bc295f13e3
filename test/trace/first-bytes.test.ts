import { hexToBytes } from '@noble/hashes/utils.js';
import { describe, expect, test } from 'vitest';
import { AlertDescription, receive, server, type TraceEvent } from '../../service/tls/index.ts';
import { classify, failureKeys, failureTable } from '../../service/trace/index.ts';
import { environment } from '../tls/pair.ts';
import { serverConfig, world } from '../tls/pki.ts';

/* What docs/failures.md says to send is sent: to the engine as port 10000 configures it, whole and byte by byte. */

const config = serverConfig(world());

function eventsOf(pieces: readonly Uint8Array[]): readonly TraceEvent[] {
  let session = server(config, environment());
  return pieces.flatMap((piece) => {
    const step = receive(session, piece);
    session = step.session;
    return step.events;
  });
}

const rows = failureKeys.flatMap((key) => {
  const { bytes, alerts = [] } = failureTable[key];
  return bytes === undefined ? [] : [{ key, bytes: hexToBytes(bytes.replaceAll(' ', '')), alerts }];
});

describe('the bytes of docs/failures.md', () => {
  test('there are some in every chapter of the handshake', () => {
    expect(rows.length).toBeGreaterThanOrEqual(10);
  });

  test.each(rows)('$key', ({ key, bytes, alerts }) => {
    for (const pieces of [[bytes], Array.from(bytes, (byte) => Uint8Array.of(byte))]) {
      const events = eventsOf(pieces);
      expect(classify([...events, { type: 'eof' }]).key).toBe(key);
      const sent = events.flatMap((event) =>
        event.type === 'alert' && event.direction === 'sent' ? [event.description] : [],
      );
      const allowed: number[] = alerts.map((name) => AlertDescription[name]);
      expect(sent).toHaveLength(alerts.length > 0 ? 1 : 0);
      for (const description of sent) expect(allowed).toContain(description);
    }
  });

  test('the first bytes decide in the order of the article: version before type before message', () => {
    const first = (hex: string) => classify(eventsOf([hexToBytes(hex)])).key;
    expect(first('474554202f')).toBe('record.not_tls'); // GET /
    expect(first('5353482d32')).toBe('record.not_tls'); // SSH-2.0
    expect(first('802e0100020015')).toBe('record.not_tls'); // SSLv2
    expect(first('030000130e')).toBe('record.not_tls'); // RDP
    expect(first('1605')).toBe('record.unknown_version');
    expect(first('6303')).toBe('record.unknown_type');
  });
});
