import { bytesToHex } from '@noble/hashes/utils.js';
import { describe, expect, it } from 'vitest';
import { createReading } from '../../service/host/reading.ts';
import type { ArrowView } from '../../service/site/index.ts';
import { type TraceStep, traceStep } from '../../service/trace/index.ts';
import { pair, run } from '../tls/pair.ts';
import { clientConfig, serverConfig, world } from '../tls/pki.ts';

/* What the pages ask of the engine about an attempt. Anybody may ask, and a stranger chose what is read: it must not cost much. */

const uint16 = (value: number): number[] => [value >> 8, value & 0xff];
const sized = (bytes: readonly number[]): number[] => [...uint16(bytes.length), ...bytes];
const pairs = (count: number): number[] => Array.from({ length: count }, (_, i) => uint16(i)).flat();

/** A ClientHello of about 16 KiB. */
function hello(suites: readonly number[], extensions: readonly number[]): Uint8Array {
  const body = [3, 3, ...new Array<number>(32).fill(7), 0, ...sized(suites), 1, 0, ...sized(extensions)];
  return Uint8Array.from([1, 0, ...sized(body)]);
}

const hellos: readonly (readonly [string, Uint8Array])[] = [
  ['cipher suites', hello(pairs(8000), [])],
  ['extensions', hello(pairs(1), Array.from({ length: 3900 }, (_, i) => [...uint16(1000 + i), 0, 0]).flat())],
  ['protocols', hello(pairs(1), [0, 16, ...sized(sized(Array.from({ length: 7900 }, () => [1, 0x61]).flat()))])],
  ['groups', hello(pairs(1), [0, 10, ...sized(sized(pairs(7900)))])],
];

const heard = (message: Uint8Array): readonly TraceStep[] => [
  {
    t: 0,
    type: 'record',
    direction: 'received',
    contentType: 22,
    version: 0x0301,
    length: message.length,
    fragment: bytesToHex(message),
  },
  { t: 0, type: 'handshake', direction: 'received', message: 'client_hello', length: message.length },
];

const fields = (arrows: readonly ArrowView[]): number => arrows.reduce((sum, arrow) => sum + arrow.fields.length, 0);

describe('the diagram of an attempt', () => {
  it.each(hellos)('tells a bounded number of fields, however many %s two hellos have', (_, message) => {
    const arrows = createReading().arrows([...heard(message), ...heard(message)]);
    expect(arrows.map(({ title }) => title)).toEqual(['ClientHello', 'ClientHello']);
    expect(fields(arrows)).toBeLessThan(6000);
    // The bytes are all there.
    expect(arrows.map(({ bytes }) => bytes)).toEqual([bytesToHex(message), bytesToHex(message)]);
    for (const arrow of arrows) expect(arrow.fields.at(-1)?.end).toBe(message.length);
  });

  it('tells all of an honest handshake, each time it is asked', () => {
    const of = world();
    const ends = pair(serverConfig(of), clientConfig(of));
    run(ends);
    const steps = ends.server.events.flatMap((event) => traceStep(0, event) ?? []);
    const reading = createReading();
    for (let i = 0; i < 20; i += 1) {
      const arrows = reading.arrows(steps);
      expect(arrows.flatMap((arrow) => arrow.fields.flatMap(({ problem }) => problem ?? []))).toEqual([]);
      expect(fields(arrows)).toBeGreaterThan(300);
    }
  });
});
