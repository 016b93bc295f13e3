import { bytesToHex } from '@noble/hashes/utils.js';
import { describe, expect, it } from 'vitest';
import { Ledger } from '../../service/host/ledger.ts';
import type { LedgerEntry } from '../../service/host/visit.ts';
import type { PortKey } from '../../service/trace/index.ts';
import { memoryStore } from './trace-store.ts';

/* A bridge is on the list once, from whichever of its ends succeeds first, and whatever becomes of the other. */

const clock = { seconds: () => 1_800_000_000, monotonic: () => 0 };
const newLedger = (): Ledger =>
  new Ledger(new Uint8Array(32).fill(1), clock, {
    store: memoryStore(),
    pseudonym: () => '0123456789abcdef',
    test: false,
  });
const random = (value: number): Uint8Array => {
  const bytes = new Uint8Array(32);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
};

/** Our client, up to its Finished, which the relay has from here on. */
function client(ledger: Ledger, clientRandom: Uint8Array, port: PortKey = 'reverse'): LedgerEntry {
  const entry = ledger.open(port, 'client', '4:192.0.2');
  entry.tell({ type: 'client_random', random: clientRandom });
  entry.tell({ type: 'transcript', point: 'server_finished', direction: 'verified', hash: new Uint8Array(32) });
  entry.tell({ type: 'transcript', point: 'client_finished', direction: 'sent', hash: new Uint8Array(32) });
  return entry;
}

function server(ledger: Ledger, clientRandom: Uint8Array): LedgerEntry {
  const entry = ledger.open('server', 'server', '4:192.0.2');
  entry.tell({ type: 'client_random', random: clientRandom });
  return entry;
}

const bridged = { type: 'released', release: 'short_circuit' } as const;
const names = (ledger: Ledger): readonly string[] => ledger.pairs.map(({ clientRandom }) => clientRandom);

describe('the list of bridges', () => {
  it('has one whose server succeeded while its client was cut off, as TLS 1.2 lets it', () => {
    const ledger = newLedger();
    const end = client(ledger, random(1), 'dialback');
    const other = server(ledger, random(1));
    end.end({ type: 'reset' });
    other.end(bridged);
    expect(ledger.pairs).toEqual([{ clientRandom: bytesToHex(random(1)), at: clock.seconds(), client: 'dialback' }]);
    expect(ledger.snapshot().successes).toMatchObject({ paired: 1, unpaired: 0 });
  });

  it('has one whose client succeeded while its server was cut off, as TLS 1.3 lets it', () => {
    const ledger = newLedger();
    const end = client(ledger, random(2));
    const other = server(ledger, random(2));
    end.end(bridged);
    other.end({ type: 'reset' });
    expect(ledger.pairs).toEqual([{ clientRandom: bytesToHex(random(2)), at: clock.seconds(), client: 'reverse' }]);
  });

  it('has one whose server succeeded before we heard of its client, which is of another thread', () => {
    const ledger = newLedger();
    server(ledger, random(3)).end(bridged);
    expect(ledger.pairs).toEqual([]);
    const end = client(ledger, random(3), 'dialback');
    expect(ledger.pairs).toEqual([{ clientRandom: bytesToHex(random(3)), at: clock.seconds(), client: 'dialback' }]);
    end.end(bridged);
    expect(ledger.bridges).toBe(1);
  });

  it.each(['client', 'server'])('has one once where both ends succeed, the %s first', (first) => {
    const ledger = newLedger();
    const ends = [client(ledger, random(3)), server(ledger, random(3))];
    for (const end of first === 'client' ? ends : ends.toReversed()) end.end(bridged);
    expect(names(ledger)).toEqual([bytesToHex(random(3))]);
  });

  it('has none of a release that is no bridge, and none of a handshake that came to nothing', () => {
    const ledger = newLedger();
    client(ledger, random(4)).end({ type: 'released', release: 'breach' });
    server(ledger, random(5)).end({ type: 'released', release: 'test_credentials' });
    client(ledger, random(6)).end({ type: 'eof' });
    expect(ledger.pairs).toEqual([]);
  });

  it('has the newest thousand, the newest first', () => {
    const ledger = newLedger();
    for (let i = 0; i < 1100; i += 1) {
      client(ledger, random(i)).end(bridged);
      server(ledger, random(i)).end(bridged);
    }
    expect(names(ledger)).toHaveLength(1000);
    expect(names(ledger)[0]).toBe(bytesToHex(random(1099)));
    expect(new Set(names(ledger)).size).toBe(1000);
  });

  it('remembers a bounded number of clients that may still be paired, the latest of them', () => {
    const ledger = newLedger();
    for (let i = 0; i < 16_384 + 10; i += 1) client(ledger, random(i)).end({ type: 'reset' });
    server(ledger, random(9)).end(bridged);
    expect(names(ledger)).toEqual([]);
    server(ledger, random(10)).end(bridged);
    expect(names(ledger)).toEqual([bytesToHex(random(10))]);
  });
});
