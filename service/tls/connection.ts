import { AlertDescription, AlertLevel } from './alert.ts';
import { ByteQueue } from './byte-queue.ts';
import { MAX_CERTIFICATE_BYTES } from './certificate-message.ts';
import type { SessionStatus, Version } from './contract.ts';
import { allows, type Machine, unexpected } from './dispatch.ts';
import { type Dispatch, dispatch } from './dispatcher.ts';
import { alertFor, distrust, type Fault, misbehaviour } from './fault.ts';
import { refusedBeforeHello } from './first-bytes.ts';
import { type HandshakeName, handshakeName, handshakeType } from './handshake-type.ts';
import { join } from './join.ts';
import { ContentType, MAX_EXPANSION, MAX_PLAINTEXT, nextRecord, type TLSRecord } from './record.ts';
import { recordContent } from './record-content.ts';
import type { RecordProtection } from './record-protection.ts';
import { RecordWriter } from './record-writer.ts';
import { type HandshakeMessage, type Output, versionOf } from './states.ts';
import type { TraceEvent } from './trace-event.ts';

/** Bounds on what a peer may make us keep or do (features.md F8, threats.md S6-S11, J8). */
const MAX_HANDSHAKE_MESSAGE = 32 * 1024;
/** Nobody is known by anything yet who says this. The longest in use, with three shares after quantum, have 4 KiB. */
const MAX_CLIENT_HELLO = 16 * 1024;
/** A Certificate message: the certificates, and the frame around five of them. */
const MAX_CERTIFICATE_MESSAGE = MAX_CERTIFICATE_BYTES + 512;
const MAX_EMPTY_RECORDS = 32;
const MAX_WARNING_ALERTS = 4;
const MAX_KEY_UPDATES = 32;

/**
 * The records of one connection, and the machine above them. Belongs to exactly one Session, whose values are linear
 * (session.ts): nothing else holds it, so that working in place cannot be seen from outside.
 */
export class Connection {
  #machine: Machine;
  #status: SessionStatus = 'handshaking';
  #peerClosed = false;
  #clientHelloSeen: boolean;
  readonly #incoming = new ByteQueue();
  readonly #handshake = new ByteQueue();
  #opening: RecordProtection | undefined;
  readonly #writer: RecordWriter;
  readonly #dispatcher: Dispatch;
  #received: Uint8Array[] = [];
  #events: TraceEvent[] = [];
  #emptyRecords = 0;
  #warningAlerts = 0;
  #keyUpdates = 0;

  /**
   * `dispatcher` is `dispatch` in every session there is (session.ts gives none). A replay of a trace puts its own around it,
   * which sets what no trace has, our secrets, aside: service/tools/replay-dispatch.ts. test/architecture.test.ts holds that
   * nothing else does.
   */
  constructor(machine: Machine, paddingMultiple: number, dispatcher: Dispatch = dispatch) {
    this.#dispatcher = dispatcher;
    this.#machine = machine;
    this.#clientHelloSeen = machine.role === 'client';
    this.#writer = new RecordWriter((event) => this.#events.push(event), paddingMultiple);
  }

  get machine(): Machine {
    return this.#machine;
  }

  get status(): SessionStatus {
    return this.#status;
  }

  /** What this step made; the next one starts with nothing. */
  harvest(): { out: Uint8Array; received: Uint8Array; events: readonly TraceEvent[] } {
    const step = { out: this.#writer.harvest(), received: join(this.#received), events: this.#events };
    this.#received = [];
    this.#events = [];
    return step;
  }

  /** The outputs of a handler, or of the client's start, in their order. */
  perform(outputs: readonly Output[]): void {
    for (const output of outputs) {
      if (this.#status === 'failed') return;
      this.#performOne(output);
    }
    this.#writer.flush();
  }

  receive(bytes: Uint8Array): void {
    if (this.#ended()) return;
    this.#incoming.append(bytes);
    for (;;) {
      const maxFragment = this.#opening === undefined ? MAX_PLAINTEXT : MAX_PLAINTEXT + MAX_EXPANSION;
      const next = nextRecord(this.#incoming, maxFragment, (type) => this.#permits(type));
      if (next.ok !== true) return this.fail(next.fault);
      if (next.value === undefined) return;
      const { type } = next.value;
      const opening = this.#opening?.covers(type) === true ? this.#opening : undefined;
      if (opening === undefined) {
        // A copy: what is taken from the queue lasts until it is filled again.
        const fragment = next.value.fragment.slice();
        this.#events.push({
          type: 'record',
          direction: 'received',
          ...outside(next.value),
          encrypted: false,
          fragment,
        });
        this.#content(type, fragment, false);
      } else {
        this.#encrypted(opening, next.value);
      }
      if (this.#ended()) return;
    }
  }

  #encrypted(opening: RecordProtection, record: TLSRecord): void {
    const told = { type: 'record', direction: 'received', ...outside(record), encrypted: true } as const;
    const fragment = record.fragment.slice();
    const opened = opening.open(record);
    if (opened.ok !== true) {
      this.#events.push({ ...told, inner: { type: 'unopened' } });
      return this.fail(opened.fault);
    }
    const { type, content } = opened.value;
    this.#events.push({ ...told, inner: recordContent(type, content, fragment) });
    this.#content(type, content, true);
  }

  /** Only once both Finished are in: nothing is ever sent at 0.5-RTT (threats.md S3). */
  send(data: Uint8Array): void {
    if (this.#status !== 'established' && this.#status !== 'peerClosed') {
      return this.fail({ kind: 'internal', reason: 'internal_error', detail: `send in status ${this.#status}` });
    }
    this.#writer.applicationData(data);
  }

  /** close_notify: our half is closed, the peer may still speak (RFC 9846 §6.1). */
  close(): void {
    if (this.#status === 'failed' || this.#status === 'closed') return;
    this.#writer.alert(AlertLevel.warning, AlertDescription.close_notify);
    this.#status = 'closed';
    this.#events.push({ type: 'closed', direction: 'sent' });
  }

  /** The one way a session fails: our alert, under the keys of the moment, and nothing is kept. */
  fail(fault: Fault): void {
    if (this.#status === 'failed') return;
    this.#events.push({ type: 'fault', fault });
    this.#writer.dropMessages();
    // After our close_notify nothing more may be said.
    if (this.#status !== 'closed')
      this.#writer.alert(AlertLevel.fatal, AlertDescription[alertFor(fault, this.#version)]);
    this.#end();
  }

  #end(): void {
    this.#status = 'failed';
    this.#opening?.destroy();
    this.#writer.destroy();
    this.#incoming.clear();
    this.#handshake.clear();
  }

  #ended(): boolean {
    return this.#status === 'failed' || this.#peerClosed;
  }

  get #version(): Version {
    return versionOf(this.#machine.role, this.#machine.state.name);
  }

  /** What kind of record may come now, told from its header alone. */
  #permits(type: ContentType): Fault | undefined {
    if (type === ContentType.change_cipher_spec) return this.#permitsChangeCipherSpec();
    if (this.#opening === undefined) {
      return refusedBeforeHello(type);
    }
    if (this.#opening.covers(type)) return undefined;
    if (type !== ContentType.alert) {
      return misbehaviour('unexpected_message', 'a handshake record in clear where records are encrypted');
    }
    // A client that could not read our ServerHello has no keys yet: its alert comes in clear, and first.
    return this.#machine.role === 'server' && this.#status === 'handshaking' && this.#opening.unused
      ? undefined
      : misbehaviour('unexpected_message', 'an alert in clear where records are encrypted');
  }

  /** TLS 1.3 drops them from the first ClientHello to Finished (Appendix E.4), TLS 1.2 has one place for them. */
  #permitsChangeCipherSpec(): Fault | undefined {
    if (!this.#clientHelloSeen) {
      return misbehaviour('unexpected_change_cipher_spec', 'a ChangeCipherSpec before any ClientHello');
    }
    if (this.#status !== 'handshaking') {
      return misbehaviour('unexpected_change_cipher_spec', 'a ChangeCipherSpec after Finished');
    }
    if (this.#version === '1.3' || allows(this.#machine, 'change_cipher_spec')) return undefined;
    const { name } = this.#machine.state;
    return misbehaviour('unexpected_change_cipher_spec', `a ChangeCipherSpec in state ${name}`);
  }

  #content(type: ContentType, content: Uint8Array, encrypted: boolean): void {
    if (type !== ContentType.handshake && type !== ContentType.alert && this.#handshake.length > 0) {
      const detail = 'another record in the middle of a handshake message (RFC 9846 §5.1)';
      return this.fail(misbehaviour('unexpected_message', detail));
    }
    switch (type) {
      case ContentType.handshake:
        return this.#handshakeFragment(content);
      case ContentType.alert:
        return this.#alertReceived(content);
      case ContentType.application_data:
        return this.#applicationData(content);
      case ContentType.change_cipher_spec:
        return this.#changeCipherSpec(content, encrypted);
      case ContentType.heartbeat:
        return this.fail(misbehaviour('heartbeat', 'an encrypted heartbeat; none was negotiated'));
    }
  }

  /** A single 01 in clear. In TLS 1.3 it is dropped and changes nothing (Appendix E.4). */
  #changeCipherSpec(content: Uint8Array, encrypted: boolean): void {
    if (encrypted || content.length !== 1 || content[0] !== 1) {
      const detail = `${encrypted ? 'an encrypted ChangeCipherSpec' : 'a ChangeCipherSpec that is not the single byte 01'}`;
      return this.fail(misbehaviour('unexpected_change_cipher_spec', detail));
    }
    this.#events.push({ type: 'change_cipher_spec', direction: 'received' });
    if (this.#version === '1.3') return this.#countEmpty();
    this.#dispatch({ name: 'change_cipher_spec', body: content, bytes: new Uint8Array(0) });
  }

  #countEmpty(): void {
    this.#emptyRecords++;
    if (this.#emptyRecords > MAX_EMPTY_RECORDS) {
      this.fail(
        misbehaviour('too_many_empty_records', `more than ${MAX_EMPTY_RECORDS} records in a row that say nothing`),
      );
    }
  }

  #applicationData(content: Uint8Array): void {
    if (this.#status === 'handshaking') {
      return this.fail(misbehaviour('unexpected_application_data', 'application data before the handshake is done'));
    }
    this.#events.push({ type: 'application_data', direction: 'received', length: content.length });
    if (content.length === 0) return this.#countEmpty();
    this.#emptyRecords = 0;
    this.#received.push(content);
  }

  /** §6: two bytes, never split, never joined. All but close_notify and user_canceled are fatal, whatever their level says. */
  #alertReceived(content: Uint8Array): void {
    const [level, description] = content;
    if (content.length !== 2 || level === undefined || description === undefined) {
      return this.fail({
        kind: 'undecodable',
        reason: 'malformed',
        detail: `an alert of ${content.length} bytes; it must be 2`,
      });
    }
    this.#events.push({ type: 'alert', direction: 'received', level, description });
    if (description === AlertDescription.close_notify && this.#status !== 'handshaking') {
      this.#peerClosed = true;
      if (this.#status === 'established') this.#status = 'peerClosed';
      this.#events.push({ type: 'closed', direction: 'received' });
    } else if (level === AlertLevel.warning && this.#mayIgnore(description)) {
      this.#warningAlerts++;
      if (this.#warningAlerts > MAX_WARNING_ALERTS) {
        this.fail(misbehaviour('too_many_warning_alerts', `more than ${MAX_WARNING_ALERTS} warning alerts`));
      }
    } else {
      this.#end();
    }
  }

  /**
   * §6.1: user_canceled announces a close_notify; TLS 1.2 knows other warnings (RFC 5246 §7.2), which say nothing to us: a
   * server that may yet choose it warns before ServerHello that it does not know the name (RFC 6066 §3).
   */
  #mayIgnore(description: number): boolean {
    if (description === AlertDescription.close_notify) return false;
    const { state, context } = this.#machine;
    const undecided = state.name === 'wait_server_hello' && context.parameters.versions.includes('1.2');
    return description === AlertDescription.user_canceled || this.#version === '1.2' || undecided;
  }

  #handshakeFragment(content: Uint8Array): void {
    if (content.length === 0) {
      return this.fail(misbehaviour('empty_record', 'a handshake record of length zero (RFC 9846 §5.1)'));
    }
    this.#emptyRecords = 0;
    const queue = this.#handshake;
    queue.append(content);
    while (queue.length > 0 && !this.#ended()) {
      const type = queue.at(0);
      const name = handshakeType(type);
      if (name === undefined || !allows(this.#machine, name))
        return this.fail(unexpected(this.#machine, handshakeName(type)));
      if (queue.length < 4) return;
      const length = queue.at(1) * 65536 + queue.at(2) * 256 + queue.at(3);
      const tooLong = judgeLength(name, length);
      if (tooLong !== undefined) return this.fail(tooLong);
      if (queue.length < 4 + length) return;
      this.#message(name, queue.take(4 + length).slice());
    }
  }

  #message(name: HandshakeName, bytes: Uint8Array): void {
    this.#clientHelloSeen = true;
    this.#events.push({ type: 'handshake', direction: 'received', message: name, bytes });
    if (name === 'key_update' && ++this.#keyUpdates > MAX_KEY_UPDATES) {
      return this.fail(misbehaviour('too_many_key_updates', `more than ${MAX_KEY_UPDATES} KeyUpdate messages`));
    }
    this.#dispatch({ name, body: bytes.subarray(4), bytes });
  }

  #dispatch(message: HandshakeMessage): void {
    const before = this.#machine.state.name;
    const outputs = this.#handle(message);
    if (outputs === undefined) return;
    const { name } = this.#machine.state;
    if (name !== before) this.#events.push({ type: 'state', state: name });
    // Nobody can be in the middle of a message that follows ours, which was not said yet.
    if (outputs.some(({ kind }) => kind === 'message') && !this.#atMessageBoundary('our flight begins')) return;
    this.perform(outputs);
  }

  #handle(message: HandshakeMessage): readonly Output[] | undefined {
    const handled = this.#dispatcher(this.#machine, message);
    if (handled.ok !== true) {
      this.fail(handled.fault);
      return undefined;
    }
    this.#machine = handled.value.machine;
    return handled.value.outputs;
  }

  #performOne(output: Output): void {
    switch (output.kind) {
      case 'message':
        return this.#writer.message(output.name, output.bytes, this.#machine.state.name === 'wait_server_hello');
      case 'change_cipher_spec':
        return this.#writer.changeCipherSpec();
      case 'sealWith':
        return this.#writer.sealWith(output.protection);
      case 'oweKeyUpdate':
        return this.#writer.oweKeyUpdate();
      case 'openWith':
        if (!this.#atMessageBoundary('the key changes')) return;
        this.#opening?.destroy();
        this.#opening = output.protection;
        return;
      case 'nextOpeningKey':
        if (!this.#atMessageBoundary('the key changes')) return;
        this.#opening = this.#opening?.next();
        return;
      case 'event':
        this.#events.push(output.event);
        if (output.event.type === 'established') this.#status = 'established';
        return;
    }
  }

  /** §5.1: no handshake message may span a key change. */
  #atMessageBoundary(where: string): boolean {
    const left = this.#handshake.length;
    if (left === 0) return true;
    this.fail(misbehaviour('handshake_fragments_at_key_change', `${left} bytes of handshake are left where ${where}`));
    return false;
  }
}

/** What everybody on the way can read of a record. */
const outside = ({ type, header, fragment }: TLSRecord) => ({
  contentType: type,
  version: (header[1] ?? 0) * 256 + (header[2] ?? 0),
  length: fragment.length,
});

/** Told from the four bytes before a message: nothing of it needs to be kept to refuse it. */
function judgeLength(name: HandshakeName, length: number): Fault | undefined {
  if (name === 'certificate' && length > MAX_CERTIFICATE_MESSAGE) {
    const detail = `a Certificate message of ${length} bytes; at most ${MAX_CERTIFICATE_MESSAGE} are taken`;
    return distrust('certificates_too_long', detail);
  }
  const longest = name === 'client_hello' ? MAX_CLIENT_HELLO : MAX_HANDSHAKE_MESSAGE;
  if (length > longest) {
    const detail = `${name} of ${length} bytes; at most ${longest} are taken`;
    return misbehaviour('handshake_message_too_long', detail);
  }
  return undefined;
}
