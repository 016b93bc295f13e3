import { randomBytes } from 'node:crypto';
import {
  client,
  close,
  entropyLength,
  exporter,
  receive,
  type Session,
  type Step,
  send,
  server,
  type TraceEvent,
} from '../../../service/tls/index.ts';
import { clientConfig, serverConfig } from './configuration.ts';
import { alertText, faultText } from './error-names.ts';
import { disappointments } from './expectations.ts';
import { type Flags, Unimplemented } from './flags.ts';

/** Exit status 1. The message is for stderr, and holds BoringSSL's name of what went wrong. */
export class ExchangeFailed extends Error {}

/** Our end of one connection: bytes in, bytes out, and in the end the verdict. */
export class End {
  readonly #flags: Flags;
  #session: Session;
  #out: Uint8Array[] = [];
  readonly #events: TraceEvent[] = [];
  #established = false;
  #over = false;
  #failure: string | undefined;

  constructor(flags: Flags) {
    this.#flags = flags;
    const environment = {
      now: Math.floor(Date.now() / 1000),
      entropy: new Uint8Array(randomBytes(entropyLength)),
    };
    if (flags['-server']) {
      this.#session = server(serverConfig(flags), environment);
    } else {
      const first = client(clientConfig(flags), environment);
      this.#session = first.session;
      this.#take(first);
    }
  }

  /** Nothing more is to be said; what is in `harvest` still is to be written. */
  get over(): boolean {
    return this.#over;
  }

  harvest(): Uint8Array {
    const out = Buffer.concat(this.#out);
    this.#out = [];
    return new Uint8Array(out);
  }

  receive(bytes: Uint8Array): void {
    if (!this.#over) this.#take(receive(this.#session, bytes));
  }

  /** Throws ExchangeFailed unless all went as the flags want it. */
  verdict(): void {
    const fault = this.#events.find((event) => event.type === 'fault');
    if (fault?.type === 'fault') throw new ExchangeFailed(faultText(fault.fault));
    if (this.#failure !== undefined) throw new ExchangeFailed(this.#failure);
    const said = this.#events.some((event) => event.type === 'closed' && event.direction === 'received');
    const alert = this.#events.findLast((event) => event.type === 'alert' && event.direction === 'received');
    if (alert?.type === 'alert' && !said) throw new ExchangeFailed(alertText(alert.description));
    if (!this.#established) throw new ExchangeFailed('the runner went away in the handshake');
    if (this.#flags['-check-close-notify'] && !said) {
      throw new ExchangeFailed('Unexpected SSL_shutdown result: -1 != 1: the runner ended without close_notify');
    }
  }

  #take(step: Step): void {
    this.#session = step.session;
    this.#out.push(step.out);
    this.#events.push(...step.events);
    if (!this.#established && step.events.some(({ type }) => type === 'established')) this.#open();
    if (step.received.length > 0) this.#data(step.received);
    if (step.status === 'failed') this.#over = true;
    if (step.events.some((event) => event.type === 'closed' && event.direction === 'received')) {
      if (!this.#over && !this.#flags['-shim-shuts-down']) this.#take(close(this.#session));
      this.#over = true;
    }
  }

  /** In the order of BoringSSL's own shim: look, export, write, shut down. */
  #open(): void {
    this.#established = true;
    const wrong = disappointments(this.#flags, this.#session, this.#events);
    if (wrong.length > 0) return this.#fail(wrong.join('; '));
    const { '-export-keying-material': length = 0, '-export-label': label = '' } = this.#flags;
    if (length > 0) this.#say(this.#exported(label, length));
    if (this.#flags['-shim-writes-first']) this.#say(new Uint8Array(Buffer.from('hello')));
    if (this.#flags['-shim-shuts-down']) this.#take(close(this.#session));
  }

  /** In TLS 1.2 no context is another thing than an empty one (RFC 5705 §4), and not to be had here. */
  #exported(label: string, length: number): Uint8Array {
    const negotiated = this.#events.find((event) => event.type === 'negotiated');
    if (negotiated?.version === '1.2' && !this.#flags['-use-export-context']) {
      throw new Unimplemented('the exporter always takes a context');
    }
    const context = new Uint8Array(Buffer.from(this.#flags['-export-context'] ?? ''));
    return exporter(this.#session, label, context, length) ?? new Uint8Array(0);
  }

  #data(received: Uint8Array): void {
    if (this.#over) return;
    if (this.#flags['-shim-shuts-down'])
      return this.#fail(':APPLICATION_DATA_ON_SHUTDOWN: data after our close_notify');
    if (this.#flags['-use-exporter-between-reads'] && this.#exported('some label', 32).length !== 32)
      return this.#fail('no keying material between two reads');
    this.#say(received.map((byte) => byte ^ 0xff));
  }

  #say(data: Uint8Array): void {
    this.#take(send(this.#session, data));
  }

  #fail(why: string): void {
    this.#failure = why;
    this.#over = true;
  }
}
