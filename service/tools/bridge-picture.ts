import { AlertLevel, alertName } from '../tls/alert.ts';
import type { BridgeEvent, BridgeReport } from './bridge.ts';
import type { BridgeOptions } from './bridge-options.ts';
import type { Direction, Sighting } from './record-observer.ts';
import { type Arrow, paint, printable, SequenceDiagram, type Style } from './sequence-diagram.ts';

/** A bridge told as a sequence diagram, line by line. */
export class BridgePicture {
  readonly #options: BridgeOptions;
  readonly #style: Style;
  readonly #diagram: SequenceDiagram;

  constructor(options: BridgeOptions, style: Style) {
    this.#options = options;
    this.#style = style;
    this.#diagram = new SequenceDiagram(style);
  }

  event(event: BridgeEvent): readonly string[] {
    switch (event.type) {
      case 'joined': {
        const { server, client, bridge } = event;
        const lanes = {
          left: { title: 'TLS server', address: server },
          middle: { title: 'bridge', address: bridge },
          right: { title: 'TLS client', address: client },
        };
        const called = this.#options.client.kind === 'dialback';
        const how = called
          ? `port ${this.#options.client.port} was asked to call back, and did`
          : 'both connections were opened from here';
        return ['', ...this.#diagram.heading(lanes), ...this.#diagram.remark(how), this.#diagram.rule()];
      }
      case 'seen':
        return this.#seen(event.at, event.direction, event.sighting);
      case 'end': {
        const rest =
          event.unfinished === 0
            ? []
            : this.#diagram.remark(`cut within a record: ${event.unfinished} bytes of it came`);
        return [this.#arrow(event, 'stream', 'end of stream (FIN)'), ...rest];
      }
      case 'broken':
        return [this.#arrow(event, 'alert', 'broken off'), ...this.#diagram.remark(event.reason)];
    }
  }

  outcome({ outcome, reason, clientRandom, negotiated, bytes }: BridgeReport): readonly string[] {
    const confirmed = outcome === 'confirmed';
    const verdict = confirmed ? "short-circuit confirmed: both ends were the piñata's own" : 'outcome unknown';
    const details = [
      ...(reason === undefined ? [] : [printable(reason)]),
      ...(negotiated === undefined
        ? []
        : [
            [negotiated.version, negotiated.cipherSuite, negotiated.group]
              .filter((part) => part !== undefined)
              .join(', '),
          ]),
      ...(clientRandom === undefined ? [] : [`client_random ${clientRandom}`]),
      `${bytes.to_server} bytes to the server and ${bytes.to_client} to the client went through this machine`,
      ...(confirmed ? ['the key was among them, encrypted: to read it here is what the bounty is about'] : []),
      ...(this.#options.captureFile === undefined ? [] : [`captured in ${this.#options.captureFile}`]),
    ];
    const mark = confirmed ? paint(this.#style, 'green', '  ✔ ') : paint(this.#style, 'yellow', '  ? ');
    return [
      this.#diagram.rule(),
      this.#diagram.legend(),
      '',
      `${this.#style.unicode ? mark : '  '}${paint(this.#style, 'bold', verdict)}`,
      ...details.map((line) => `    ${line}`),
      '',
    ];
  }

  #seen(at: number, direction: Direction, sighting: Sighting): readonly string[] {
    const where = { at, direction };
    switch (sighting.type) {
      case 'handshake':
        return [
          this.#arrow(where, 'clear', `${sighting.message}, ${sighting.length} bytes`),
          ...this.#diagram.facts(sighting.facts),
          ...(sighting.facts.length === 0 ? [] : [this.#diagram.rule()]),
        ];
      case 'change_cipher_spec':
        return [this.#arrow(where, 'clear', 'change_cipher_spec')];
      case 'alert': {
        const level =
          sighting.level === AlertLevel.fatal
            ? 'fatal'
            : sighting.level === AlertLevel.warning
              ? 'warning'
              : `level ${sighting.level}`;
        return [this.#arrow(where, 'alert', `alert: ${alertName(sighting.description)} (${level})`)];
      }
      case 'encrypted':
        return [this.#arrow(where, 'encrypted', `encrypted, ${sighting.length} bytes`)];
      case 'strange':
        return [this.#arrow(where, 'alert', `${sighting.detail}, ${sighting.length} bytes`)];
      case 'not_tls':
        return [this.#arrow(where, 'alert', 'no TLS from here on'), ...this.#diagram.remark(sighting.detail)];
    }
  }

  #arrow(
    { at, direction }: { readonly at: number; readonly direction: Direction },
    kind: Arrow['kind'],
    label: string,
  ): string {
    return this.#diagram.arrow({ at, towards: direction === 'to_server' ? 'left' : 'right', kind, label });
  }
}
