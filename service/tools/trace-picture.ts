import { hexToBytes } from '@noble/hashes/utils.js';
import { HandshakeStream } from '../tls/explain.ts';
import { clientHello, serverHello } from '../tls/handshake-messages.ts';
import { HandshakeType, handshakeName } from '../tls/handshake-type.ts';
import { decode } from '../tls/presentation.ts';
import { ContentType } from '../tls/record.ts';
import type { AttemptLine, TraceStep } from '../trace/index.ts';
import { clientHelloFacts, type Fact, serverHelloFacts } from './hello-facts.ts';
import { RecordWords } from './record-words.ts';
import { type Kind, paint, SequenceDiagram, type Style } from './sequence-diagram.ts';
import { toldRecord } from './trace-records.ts';
import { ending, instant, remarkOf, titleOf } from './trace-words.ts';

/** An attempt as a sequence diagram: the peer to the left, the piñata to the right. */
export function attemptPicture({ head, body }: AttemptLine, style: Style): readonly string[] {
  const diagram = new SequenceDiagram(style, 2);
  const bold = (text: string): string => paint(style, 'bold', text);
  const peer = head.role === 'server' ? 'client' : 'server';
  const title = [
    '',
    `  ${bold(`attempt ${head.number}`)}  ${instant(head.at)} UTC, port ${head.port}, ${head.milliseconds} ms`,
    `  ${bold(ending(head))}: ${titleOf(head)}${head.test ? ' (test credentials existed)' : ''}`,
    '',
  ];
  if (body === null)
    return [...title, '  Of this attempt only that is left: its steps were dropped, or are withheld.', ''];
  const lanes = diagram.heading({
    left: { title: `peer, TLS ${peer}`, address: `visitor ${head.visitor}` },
    right: { title: `piñata, TLS ${head.role}`, address: `port ${head.port}` },
  });
  const steps = new StepLines(diagram, style);
  return [
    ...title,
    ...lanes,
    ...body.steps.flatMap((step) => steps.of(step)),
    ...(body.omitted === 0 ? [] : diagram.remark(`${body.omitted} steps were left out: there were too many`)),
    diagram.rule(),
    diagram.legend(),
    '',
  ];
}

class StepLines {
  readonly #diagram: SequenceDiagram;
  readonly #mark: string;
  #fault: string | undefined;
  readonly #words = { received: new RecordWords(), sent: new RecordWords() };
  readonly #streams = { received: new HandshakeStream(), sent: new HandshakeStream() };

  constructor(diagram: SequenceDiagram, style: Style) {
    this.#diagram = diagram;
    this.#mark = style.unicode ? '·' : '*';
  }

  of(step: TraceStep): readonly string[] {
    if (step.type === 'record') return this.#record(step);
    if (step.type === 'rest') return this.#rest(step);
    const remark = remarkOf(step);
    // What the engine says of a fault is said once more where the connection ends.
    if (remark === undefined || (step.type === 'fault' && remark === this.#fault)) return [];
    if (step.type === 'fault') this.#fault = remark;
    return this.#diagram.remark(`${this.#mark} ${remark}`);
  }

  #record(step: Extract<TraceStep, { type: 'record' }>): readonly string[] {
    const { content, direction, contentType, length } = toldRecord(step);
    switch (content.type) {
      case 'clear':
        return this.#said(step.t, direction, contentType, content.fragment, 'clear');
      case 'said':
        return this.#said(step.t, direction, content.contentType, content.content, 'encrypted');
      case 'withheld': {
        const what = content.contentType === ContentType.application_data ? 'application data' : 'a record';
        return [this.#arrow(step.t, direction, 'encrypted', `${what}, ${content.length} bytes, not recorded`)];
      }
      case 'unopened':
        return [this.#arrow(step.t, direction, 'alert', `a record of ${length} bytes that did not open`)];
    }
  }

  #said(
    t: number,
    direction: 'received' | 'sent',
    contentType: number,
    content: Uint8Array,
    kind: 'clear' | 'encrypted',
  ): readonly string[] {
    const hellos = new Map<string, readonly Fact[]>();
    if (contentType === ContentType.handshake) {
      this.#streams[direction].take(content, 0, (message) => {
        hellos.set(handshakeName(message[0] ?? 0), factsOf(message));
        return { version: '1.3' };
      });
    }
    return this.#words[direction].of(contentType, content).flatMap((label) => {
      const [name = ''] = label.split(',');
      const facts = hellos.get(name) ?? [];
      hellos.delete(name);
      return [
        this.#arrow(t, direction, contentType === ContentType.alert ? 'alert' : kind, label),
        ...this.#diagram.facts(facts),
      ];
    });
  }

  #rest({ t, length, bytes }: Extract<TraceStep, { type: 'rest' }>): readonly string[] {
    const shown = String.fromCharCode(...hexToBytes(bytes).subarray(0, 64)).replaceAll(/[^ -~]/g, '.');
    const label = `${length} bytes that are no whole record${bytes === '' ? '' : `: ${shown}`}`;
    return [this.#arrow(t, 'received', 'stream', label)];
  }

  #arrow(at: number, direction: 'received' | 'sent', kind: Kind, label: string): string {
    return this.#diagram.arrow({ at, towards: direction === 'received' ? 'right' : 'left', kind, label });
  }
}

/** Of a hello, what it says in clear. */
function factsOf(message: Uint8Array): readonly Fact[] {
  const body = message.subarray(4);
  if (message[0] === HandshakeType.client_hello) {
    const hello = decode(clientHello, body);
    return hello.ok ? clientHelloFacts(hello.value) : [];
  }
  if (message[0] !== HandshakeType.server_hello) return [];
  const hello = decode(serverHello, body);
  return hello.ok ? serverHelloFacts(hello.value).facts : [];
}
