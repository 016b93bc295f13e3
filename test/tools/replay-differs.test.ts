import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Replay, replay } from '../../service/tools/replay.ts';
import type { Generations } from '../../service/tools/replay-session.ts';
import type { AttemptBody, AttemptHead, AttemptLine, TraceStep } from '../../service/trace/index.ts';
import { anyAttempt } from '../trace/lines.ts';
import { type Corpus, generationsOf, playSome, record } from './replay-corpus.ts';

/* A record that was changed afterwards, or by mistake: the replay says where. */

let corpus: Corpus;
let generations: Generations;
beforeAll(async () => {
  corpus = await record((stand) =>
    playSome(stand, 'let-in', 'tls12-let-in', 'own-authority', 'server-own-authority', 'not-tls', 'wrong-finished'),
  );
  generations = generationsOf(corpus);
});

interface Whole extends AttemptLine {
  readonly body: AttemptBody;
}

/** The first attempt of this category and version. */
function attempt(category: string, version: string | null = '1.3'): Whole {
  const found = corpus.attempts.find(({ head }) => head.category === category && head.version === version);
  if (found === undefined || found.body === null) throw new Error(`no attempt is ${category} over ${version}`);
  return { ...found, body: found.body };
}

const changedHead = (line: Whole, head: Partial<AttemptHead>): Whole => ({ ...line, head: { ...line.head, ...head } });
const changedSteps = (line: Whole, change: (step: TraceStep, index: number) => readonly TraceStep[]): Whole => ({
  ...line,
  body: { ...line.body, steps: line.body.steps.flatMap(change) },
});

/** Flips a bit of the last byte but `fromEnd` of what `direction` said in its nth record of handshake messages. */
function flipped(line: Whole, direction: 'received' | 'sent', nth: number, fromEnd: number): Whole {
  let seen = 0;
  return changedSteps(line, (step) => {
    if (step.type !== 'record' || step.direction !== direction) return [step];
    if ('fragment' in step) {
      if (step.contentType !== 22 || seen++ !== nth) return [step];
      return [{ ...step, fragment: flip(step.fragment, fromEnd) }];
    }
    const { inner } = step;
    if (inner.type !== 'said' || inner.contentType !== 22 || seen++ !== nth) return [step];
    return [{ ...step, inner: { ...inner, content: flip(inner.content, fromEnd) } }];
  });
}

function flip(hex: string, fromEnd: number): string {
  const at = hex.length - 1 - 2 * fromEnd;
  const digit = (Number.parseInt(hex[at] ?? '0', 16) ^ 1).toString(16);
  return hex.slice(0, at) + digit + hex.slice(at + 1);
}

const again = (line: AttemptLine): Replay => replay(line, generations);
const said = ({ differences }: Replay) => Object.fromEntries(differences.map((one) => [one.where, one]));

it('as they were recorded, all are reproduced', () => {
  expect(corpus.attempts.length).toBeGreaterThan(6);
  for (const line of corpus.attempts) expect(again(line)).toMatchObject({ verdict: 'reproduced', differences: [] });
});

describe('a head', () => {
  it.each([
    ['category', { category: 'eof' }],
    ['reason', { reason: 'expired' }],
    ['state', { state: 'connected' }],
    ['alertSent', { alertSent: 0 }],
    ['alertReceived', { alertReceived: 42 }],
    ['version', { version: '1.2' }],
    ['generation', { generation: '00'.repeat(32) }],
  ] as const)('of another %s', (field, change) => {
    const line = attempt('x509.no_anchor');
    const changed = changedHead(line, change);
    expect(again(changed)).toMatchObject({
      verdict: 'differs',
      differences: [
        { where: field, recorded: `${Object.values(change)[0]}`, replayed: `${line.head[field] ?? 'none'}` },
      ],
    });
  });
});

describe('what is verified anew', () => {
  it.each(['1.3', '1.2'])('the time: a certificate is expired a year later (TLS %s)', (version) => {
    const changed = changedSteps(attempt('success.test', version), (step) => [
      step.type === 'begun' ? { ...step, now: step.now + 366 * 86_400 } : step,
    ]);
    expect(said(again(changed))).toMatchObject({
      reason: { recorded: 'none', replayed: 'expired' },
      alertSent: { replayed: '45' },
    });
  });

  it.each(['1.3', '1.2'])('the signature of a certificate (TLS %s)', (version) => {
    // In TLS 1.3 the entry ends in two bytes of extensions; the certificate itself ends in its signature.
    const changed = flipped(attempt('success.test', version), 'received', 1, version === '1.3' ? 2 : 0);
    expect(said(again(changed))).toMatchObject({ reason: { replayed: 'bad_signature' } });
  });

  it('CertificateVerify', () => {
    const changed = flipped(attempt('success.test'), 'received', 2, 0);
    expect(said(again(changed))).toMatchObject({ reason: { replayed: 'signature_invalid' } });
  });

  it('what it signs, our own messages of then among it: the random of our ServerHello', () => {
    const line = attempt('success.test');
    const hello = line.body.steps.find((step) => step.type === 'record' && step.direction === 'sent');
    const length = hello?.type === 'record' ? hello.length : 0;
    const changed = flipped(line, 'sent', 0, length - 10);
    expect(said(again(changed))).toMatchObject({ reason: { replayed: 'signature_invalid' } });
  });

  it('what we say besides: EncryptedExtensions and CertificateRequest are the ones this engine says', () => {
    const line = attempt('success.test');
    const index = line.body.steps.findIndex((step) => step.type === 'record' && 'inner' in step);
    const flight = line.body.steps[index];
    const length =
      flight?.type === 'record' && 'inner' in flight && flight.inner.type === 'said'
        ? flight.inner.content.length / 2
        : 0;
    const changed = flipped(line, 'sent', 1, length - 7);
    expect(said(again(changed))).toMatchObject({
      'our encrypted_extensions': { recorded: expect.stringContaining('bytes') },
    });
  });

  it('the order of messages: without the peer’s Certificate its CertificateVerify is unexpected', () => {
    const line = attempt('success.test');
    let records = 0;
    const changed = changedSteps(line, (step) =>
      step.type === 'record' && step.direction === 'received' && 'inner' in step && records++ === 0 ? [] : [step],
    );
    expect(said(again(changed))).toMatchObject({ reason: { replayed: 'unexpected_message' } });
  });

  it('first bytes that are TLS after all', () => {
    const line = attempt('record.not_tls', null);
    const changed = changedSteps(line, (step) => [step.type === 'rest' ? { ...step, bytes: '1603010200' } : step]);
    expect(again(changed).verdict).toBe('differs');
  });

  it('the bait is not released to who proved nothing', () => {
    const line = attempt('x509.no_anchor');
    const changed = changedSteps(line, (step, index) =>
      step.type === 'fault' && index > 10 ? [{ t: step.t, type: 'released', release: 'short_circuit' }] : [step],
    );
    expect(again(changed).verdict).toBe('differs');
  });
});

describe('a record that is not all there', () => {
  it('a body that was dropped', () => {
    expect(again({ ...attempt('x509.no_anchor'), body: null }).verdict).toBe('unplayable');
  });

  it('a generation that no line has', () => {
    const { verdict, differences } = replay(attempt('x509.no_anchor'), new Map());
    expect(verdict).toBe('unplayable');
    expect(differences[0]?.recorded).toContain('no line of the file has generation');
  });

  it('steps that were left out when it was written', () => {
    const line = attempt('x509.no_anchor');
    expect(again({ ...line, body: { ...line.body, steps: line.body.steps.slice(0, 9), omitted: 12 } }).verdict).toBe(
      'incomplete',
    );
  });
});

describe('replay is total', () => {
  const oneOfThem = fc.nat().map((n) => corpus.attempts[n % corpus.attempts.length]);
  const verdicts = ['reproduced', 'differs', 'incomplete', 'unplayable'];

  it('for whatever a line may hold', () => {
    fc.assert(
      fc.property(anyAttempt, (line) => {
        expect(verdicts).toContain(again(line).verdict);
      }),
    );
  });

  it('for a record with a bit flipped, a step gone, a step twice, or two exchanged', () => {
    const change = fc.constantFrom('flip', 'drop', 'twice', 'exchange');
    fc.assert(
      fc.property(oneOfThem, fc.nat(), fc.nat(), change, (line, where, bit, how) => {
        if (line === undefined || line.body === null) throw new Error('nothing was recorded');
        const { steps } = line.body;
        const at = where % steps.length;
        const changed = changedSteps({ ...line, body: line.body }, (step, index) => {
          if (index !== at) return [step];
          const next = steps[at + 1] ?? step;
          return { flip: [flippedStep(step, bit)], drop: [], twice: [step, step], exchange: [next, step] }[how];
        });
        expect(verdicts).toContain(again(changed).verdict);
      }),
      { numRuns: 60 },
    );
  });
});

function flippedStep(step: TraceStep, bit: number): TraceStep {
  const anywhere = (hex: string): string => (hex.length === 0 ? hex : flip(hex, bit % (hex.length / 2)));
  if (step.type === 'rest') return { ...step, bytes: anywhere(step.bytes) };
  if (step.type !== 'record') return step;
  if ('fragment' in step) return { ...step, fragment: anywhere(step.fragment) };
  const { inner } = step;
  return inner.type === 'said' ? { ...step, inner: { ...inner, content: anywhere(inner.content) } } : step;
}
