import { ByteQueue } from '../../service/tls/byte-queue.ts';
import * as messages13 from '../../service/tls/handshake-messages.ts';
import * as messages12 from '../../service/tls/handshake-messages-12.ts';
import { HandshakeType } from '../../service/tls/handshake-type.ts';
import { type Annotation, explainHandshake, explainRecord, type Step } from '../../service/tls/index.ts';
import { type Codec, decode, encode } from '../../service/tls/presentation.ts';
import { nextRecord } from '../../service/tls/record.ts';
import { engine, makeWorld, type Role } from '../../service/tools/explore-world.ts';
import { type Certificate, certificateFields, decodeCertificate, validatePath } from '../../service/x509/index.ts';
import { conversations } from './conversation.ts';
import type { Target } from './fuzzer.ts';
import { foreignCorpus, ownCorpus, regressions } from './seeds.ts';

/*
 * What is fuzzed, and what must hold whatever comes in. Nothing throws, no fault is our own, no peer is made; beyond that
 * each target has a property of its own, so that it finds more than crashes.
 */

export const world = makeWorld();
const NOW = 1_790_000_000;

export class Violation extends Error {}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/** Framing: what is taken off the queue is what was put on it, in order, however it was cut. */
const records = (input: Uint8Array): void => {
  explained(explainRecord(input, { version: '1.3' }), input.length);
  const [cut = 1] = input;
  const queue = new ByteQueue();
  let seen = 0;
  for (let at = 0; at < input.length; at += 1 + (cut % 61)) {
    queue.append(input.subarray(at, at + 1 + (cut % 61)));
    for (;;) {
      const next = nextRecord(queue, 1 << 14, () => undefined);
      if (next.ok !== true) return;
      if (next.value === undefined) break;
      const { header, fragment } = next.value;
      const whole = input.subarray(seen, seen + header.length + fragment.length);
      if (!sameBytes(whole, Buffer.concat([header, fragment]))) throw new Violation('a record is not what came in');
      seen += whole.length;
    }
  }
};

/** What was decoded says the same when it is encoded; and where `canonical`, a message has one form alone. */
const readsWhatItWrites =
  <T>(codec: Codec<T>, canonical = true) =>
  (body: Uint8Array): void => {
    const decoded = decode(codec, body);
    if (decoded.ok !== true) return;
    const again = encode(codec, decoded.value);
    if (canonical && !sameBytes(again, body)) throw new Violation(`${codec.name} has two forms`);
    const twice = decode(codec, again);
    if (twice.ok !== true || !sameBytes(encode(codec, twice.value), again)) {
      throw new Violation(`${codec.name} does not read what it wrote`);
    }
  };

const codecs: readonly ((body: Uint8Array) => void)[] = [
  // A hello may end before its extensions, or say that there are none.
  readsWhatItWrites(messages13.clientHello, false),
  readsWhatItWrites(messages13.serverHello, false),
  readsWhatItWrites(messages13.encryptedExtensions),
  readsWhatItWrites(messages13.certificateRequest),
  readsWhatItWrites(messages13.certificate),
  readsWhatItWrites(messages13.certificateVerify),
  readsWhatItWrites(messages13.finished(32)),
  readsWhatItWrites(messages13.newSessionTicket),
  readsWhatItWrites(messages13.keyUpdate),
  readsWhatItWrites(messages12.certificate12),
  readsWhatItWrites(messages12.serverKeyExchange),
  readsWhatItWrites(messages12.certificateRequest12),
  readsWhatItWrites(messages12.clientKeyExchange),
  readsWhatItWrites(messages12.finished12),
];

/** The first byte says which message. Whether it is one or not, it can be explained. */
const messages = ([choice = 0, ...body]: Uint8Array): void => {
  codecs[choice % codecs.length]?.(Uint8Array.from(body));
  const type = types[choice % types.length] ?? 0;
  const message = Uint8Array.of(type, body.length >> 16, (body.length >> 8) & 0xff, body.length & 0xff, ...body);
  for (const version of ['1.3', '1.2'] as const) explained(explainHandshake(message, { version }), message.length);
};

const types = Object.values(HandshakeType);

/** Each byte is in one leaf of what is said of it, and in the right one. */
function explained(annotation: Annotation, length: number): void {
  let at = 0;
  const visit = ({ start, end, fields }: Annotation): void => {
    if (fields.length > 0) for (const field of fields) visit(field);
    else if (end > start) {
      if (start !== at) throw new Violation(`byte ${at} is explained ${start > at ? 'nowhere' : 'twice'}`);
      at = end;
    }
  };
  visit(annotation);
  if (at !== length) throw new Violation(`${length} bytes, of which ${at} are explained`);
}

/**
 * Raw bytes from a stranger: the same end, whether they come at once or cut up, and never a peer. The seeds are what
 * convinced another end: replayed to this one, it proves nothing.
 */
const raw =
  (role: Role) =>
  (input: Uint8Array): void => {
    const subject = engine(role, world, `other ${role}`);
    const hear = (pieces: readonly Uint8Array[]): string => {
      let step: Step = subject.begin();
      const events: string[] = [];
      for (const piece of pieces) {
        step = subject.receive(step.session, piece);
        for (const event of step.events) {
          if (event.type !== 'fault') continue;
          if (event.fault.kind === 'internal') throw new Violation(event.fault.detail);
          events.push(event.fault.reason);
        }
        if (subject.verifiedLeaf(step.session) !== undefined) throw new Violation('bytes of a stranger made a peer');
        if (step.received.length > 0) throw new Violation('data of a stranger was handed on');
      }
      return `${step.status} ${events.join()}`;
    };
    const cut = 1 + ((input.at(-1) ?? 0) % 97);
    const pieces = Array.from({ length: Math.ceil(input.length / cut) }, (_, i) =>
      input.subarray(i * cut, (i + 1) * cut),
    );
    const [whole, parts] = [hear([input]), hear(pieces)];
    if (whole !== parts) throw new Violation(`whole: ${whole}; in pieces of ${cut}: ${parts}`);
  };

/** What is taken for a certificate keeps its bytes, and is taken the same way again. */
const certificate = (input: Uint8Array): void => {
  explained(certificateFields(input, 0), input.length);
  const decoded = decodeCertificate(input);
  if (decoded.ok !== true) return;
  if (!sameBytes(decoded.value.der, input)) throw new Violation('a certificate is not the bytes that came in');
  if (decodeCertificate(decoded.value.der).ok !== true) throw new Violation('a certificate is refused the second time');
};

/** Certificates, each behind a length of two bytes. Nobody here holds the authority's key: no other leaf than the genuine is valid. */
const path = (input: Uint8Array): void => {
  const chain: Certificate[] = [];
  for (let at = 0; at + 2 <= input.length && chain.length < 6; ) {
    const length = (input[at] ?? 0) * 256 + (input[at + 1] ?? 0);
    const decoded = decodeCertificate(input.slice(at + 2, at + 2 + length));
    at += 2 + length;
    if (decoded.ok === true) chain.push(decoded.value);
  }
  const validated = validatePath(chain, { anchor: world.authority, purpose: 'clientAuth', now: NOW });
  const [genuine] = world.client.chain;
  if (validated.ok === true && (genuine === undefined || !sameBytes(validated.value.leaf.der, genuine.der))) {
    throw new Violation('a forged certificate is valid');
  }
};

export const chainOf = (...certificates: readonly { readonly der: Uint8Array }[]): Uint8Array =>
  new Uint8Array(
    Buffer.concat(certificates.flatMap(({ der }) => [Uint8Array.of(der.length >> 8, der.length & 0xff), der])),
  );

const ders = [...world.server.chain, ...world.client.chain, ...world.stranger.client.chain, world.authority];
const behind = (choice: number, bytes: Uint8Array): Uint8Array => Uint8Array.of(choice, ...bytes);

interface Plan {
  readonly run: (input: Uint8Array) => void;
  readonly own: readonly Uint8Array[];
  readonly foreign?: 'server' | 'client' | 'x509';
}

const flights = conversations(world);

const plans: Readonly<Record<string, Plan>> = {
  records: { run: records, own: flights.sent, foreign: 'server' },
  messages: { run: messages, own: codecs.flatMap((_, choice) => flights.bodies.map((body) => behind(choice, body))) },
  certificate: { run: certificate, own: ders.map(({ der }) => der), foreign: 'x509' },
  path: { run: path, own: [chainOf(...world.client.chain), chainOf(...ders), chainOf(...ders.toReversed())] },
  server: { run: raw('server'), own: flights.sent, foreign: 'server' },
  client: { run: raw('client'), own: flights.sent, foreign: 'client' },
  ...Object.fromEntries(flights.targets.map(({ name, run, seeds }) => [name, { run, own: seeds }])),
};

/** `foreign`: with OpenSSL's corpora, where they are present. */
export const targets = (foreign: boolean): readonly Target[] =>
  Object.entries(plans).map(([name, { run, own, foreign: source }]) => {
    const found = [...ownCorpus(name), ...regressions(name)];
    const others = foreign && source !== undefined ? foreignCorpus(source) : [];
    return { name, run, seeds: own, corpus: [...found, ...others].map(({ bytes }) => bytes) };
  });
