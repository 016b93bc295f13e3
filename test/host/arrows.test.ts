import { describe, expect, it } from 'vitest';
import { arrows } from '../../service/host/arrows.ts';
import { createReading } from '../../service/host/reading.ts';
import type { TraceStep } from '../../service/trace/index.ts';
import { sampleSteps } from '../site/sample-reading.ts';

/* From steps to the arrows of a diagram: messages are put together from records, and nothing is drawn that is not known. */

const drawn = (steps: readonly TraceStep[]) => arrows(steps, () => []);

/** A handshake message of a type and so many bytes of content, as hex. */
const message = (type: string, length: number): string =>
  `${type}${length.toString(16).padStart(6, '0')}${'5a'.repeat(length)}`;

const clear = (direction: 'received' | 'sent', fragment: string): TraceStep => ({
  t: 1,
  type: 'record',
  direction,
  contentType: 22,
  version: 0x303,
  length: fragment.length / 2,
  fragment,
});
const sealed = (direction: 'received' | 'sent', content: string): TraceStep => ({
  t: 1,
  type: 'record',
  direction,
  contentType: 23,
  version: 0x303,
  length: content.length / 2 + 17,
  inner: { type: 'said', contentType: 22, content, fragment: 'ff'.repeat(content.length / 2 + 17) },
});
const told = (direction: 'received' | 'sent', name: string, bytes: string): TraceStep => ({
  t: 1,
  type: 'handshake',
  direction,
  message: name,
  length: bytes.length / 2,
});

describe('a message', () => {
  const [hello, certificate, verify] = [message('01', 60), message('0b', 30), message('0f', 20)];

  it('is put together from as many records as it took, and one record may hold several', () => {
    const both = certificate + verify;
    const steps = [
      clear('received', hello.slice(0, 10)),
      clear('received', hello.slice(10, 100)),
      clear('received', hello.slice(100)),
      told('received', 'client_hello', hello),
      sealed('received', both.slice(0, 20)),
      sealed('received', both.slice(20)),
      told('received', 'certificate', certificate),
      told('received', 'certificate_verify', verify),
    ];
    expect(drawn(steps).map(({ title, kind, bytes }) => [title, kind, bytes])).toEqual([
      ['ClientHello', 'clear', hello],
      ['Certificate', 'encrypted', certificate],
      ['CertificateVerify', 'encrypted', verify],
    ]);
  });

  it('of ours is told before its record, and has its bytes all the same', () => {
    const steps = [
      told('sent', 'certificate', certificate),
      told('sent', 'certificate_verify', verify),
      sealed('sent', certificate + verify),
    ];
    expect(drawn(steps).map(({ bytes, kind }) => [bytes, kind])).toEqual([
      [certificate, 'encrypted'],
      [verify, 'encrypted'],
    ]);
  });

  it('that was never sent, for a fault came first, has none', () => {
    const [arrow] = drawn([told('sent', 'certificate', certificate)]);
    expect(arrow).toMatchObject({
      title: 'Certificate',
      bytes: '',
      detail: '34 bytes, which are not in the recording',
    });
  });

  it('is not taken from bytes that are another’s: a recording may have gaps', () => {
    const steps = [clear('received', `${verify}${certificate}`), told('received', 'certificate', certificate)];
    expect(drawn(steps)[0]).toMatchObject({ title: 'Certificate', bytes: '' });
  });
});

describe('what was refused', () => {
  const fault: TraceStep = {
    t: 2,
    type: 'fault',
    fault: { kind: 'misbehaved', reason: 'unexpected_message', detail: 'finished in state start' },
  };

  it('is drawn once, after the bytes that it was for', () => {
    const steps: readonly TraceStep[] = [
      clear('received', message('14', 12)),
      fault,
      { t: 2, type: 'alert', direction: 'sent', level: 2, description: 10 },
      fault,
      { t: 3, type: 'rest', length: 900, bytes: 'abcd' },
    ];
    expect(drawn(steps).map(({ title, kind, bytes }) => [title, kind, bytes])).toEqual([
      ['Handshake bytes that are no message, or none that was taken', 'clear', message('14', 12)],
      ['Bytes that are no record, or not a whole one', 'clear', 'abcd'],
      ['Refused: unexpected_message', 'verdict', ''],
      ['Alert unexpected_message', 'alert', ''],
    ]);
  });
});

it('every step there is can be drawn, and application data is a length', () => {
  const types = new Set(sampleSteps.map(({ type }) => type));
  expect(types.size).toBeGreaterThan(18);
  const all = createReading().arrows(sampleSteps);
  expect(all.length).toBeGreaterThan(15);
  expect(all.find(({ title }) => title === 'Application data')).toMatchObject({
    bytes: '',
    detail: '9 bytes, of which the length alone is recorded',
  });
});

describe('a certificate', () => {
  const reading = createReading();
  it('that is none is said to be unreadable, and why', () => {
    expect(reading.certificate('')).toMatchObject({ type: 'unreadable', reason: 'der_malformed' });
    expect(reading.certificate('30820101')).toMatchObject({ type: 'unreadable', reason: 'der_malformed' });
  });

  it('is read once, however often it is shown', () => {
    expect(reading.certificate('3000')).toBe(reading.certificate('3000'));
  });

  it('is forgotten when many others were read since', () => {
    const first = reading.certificate('3001');
    for (let i = 0; i < 300; i += 1) reading.certificate(i.toString(16).padStart(8, '0'));
    expect(reading.certificate('3001')).not.toBe(first);
    expect(reading.certificate('3001')).toEqual(first);
  });
});
