import type { Attack, AttackedPort } from './attack.ts';
import { stoppedBy } from './attack-defences.ts';
import { answerWords, type Expectation, expectationWords, expectedCategory } from './attack-expectation.ts';
import { requestWords } from './attack-request-words.ts';
import type { AttackEvent, AttackReport } from './attack-run.ts';
import { levelWord, RecordWords } from './record-words.ts';
import type { Heard, Sent } from './rogue/peer.ts';
import type { Departure } from './rogue/wire.ts';
import { type Kind, paint, printable, SequenceDiagram, type Style } from './sequence-diagram.ts';

const departures: Readonly<Record<Departure, string>> = {
  fin: 'end of stream (FIN)',
  reset: 'broken off (RST)',
  silence: 'silence',
};

const roles = {
  server: { you: 'TLS client', pinata: 'TLS server' },
  client: { you: 'TLS server', pinata: 'TLS client' },
  dialback: { you: 'caller', pinata: 'about to call back' },
  http: { you: 'HTTP client', pinata: 'website' },
  https: { you: 'HTTPS client', pinata: 'website' },
} as const satisfies Record<AttackedPort, unknown>;

/** An attack told as a sequence diagram, line by line. */
export class AttackPicture {
  readonly #style: Style;
  readonly #diagram: SequenceDiagram;
  readonly #attack: Attack;
  readonly #words = new RecordWords();

  constructor(attack: Attack, style: Style) {
    this.#attack = attack;
    this.#style = style;
    this.#diagram = new SequenceDiagram(style, 2);
  }

  title(name: string, variant: string): readonly string[] {
    const { title, threats, rfc } = this.#attack;
    const sources = [...threats, ...(rfc === undefined ? [] : [rfc])].join(', ');
    const heading = paint(this.#style, 'bold', `  ${name}${variant === '' ? '' : `:${variant}`}`);
    return ['', sources === '' ? heading : `${heading}  ${paint(this.#style, 'dim', sources)}`, `  ${title}`, ''];
  }

  event(event: AttackEvent): readonly string[] {
    const { at } = event;
    switch (event.type) {
      case 'connected': {
        const { you, pinata } = roles[this.#attack.port];
        return this.#diagram.heading({
          left: { title: `you, ${you}`, address: event.local },
          right: { title: `piñata, ${pinata}`, address: event.remote },
        });
      }
      case 'note':
        return this.#diagram.remark(`${this.#style.unicode ? '·' : '*'} ${event.text}`);
      case 'sent':
        return this.#sent(at, event.sent);
      case 'heard':
        return [this.#heard(at, event.heard, event.sealed)];
    }
  }

  outcome(report: AttackReport): readonly string[] {
    return [
      this.#diagram.rule(),
      this.#diagram.legend(),
      '',
      ...verdict(report, this.#attack.threats, this.#style),
      '',
    ];
  }

  #sent(at: number, sent: Sent): readonly string[] {
    const towards = 'right';
    switch (sent.type) {
      case 'raw':
        return [this.#diagram.arrow({ at, towards, kind: 'stream', label: `${sent.what}, ${sent.length} bytes` })];
      case 'left':
        return [this.#diagram.arrow({ at, towards, kind: 'stream', label: departures[sent.how] })];
      case 'text': {
        const [label, ...more] = requestWords(sent.bytes);
        const kind = sent.sealed ? 'encrypted' : 'clear';
        return [
          this.#diagram.arrow({ at, towards, kind, label }),
          ...more.flatMap((line) => this.#diagram.remark(`  ${line}`)),
        ];
      }
      case 'record': {
        const kind = sent.sealed ? 'encrypted' : 'clear';
        const words = this.#words.of(sent.contentType, sent.content);
        return words.map((label) => this.#diagram.arrow({ at, towards, kind, label }));
      }
    }
  }

  #heard(at: number, heard: Heard, sealed: boolean): string {
    const [kind, label] = heardWords(heard, sealed);
    return this.#diagram.arrow({ at, towards: 'left', kind, label });
  }
}

function heardWords(heard: Heard, sealed: boolean): readonly [Kind, string] {
  const kind = sealed ? 'encrypted' : 'clear';
  switch (heard.type) {
    case 'handshake':
      return [kind, `${heard.name}, ${heard.bytes.length} bytes`];
    case 'alert':
      return ['alert', `alert: ${heard.name} (${levelWord(heard.level)}${sealed ? ', encrypted' : ''})`];
    case 'change_cipher_spec':
      return [kind, 'change_cipher_spec'];
    case 'data':
      return ['alert', `APPLICATION DATA, ${heard.bytes.length} bytes`];
    case 'response':
      return [kind, `${heard.status} ${heard.reason}, ${heard.head.length + heard.content.length} bytes`];
    case 'left':
      return ['stream', departures[heard.how]];
  }
}

/** What came of it, in lines for people. */
function verdict(report: AttackReport, threats: readonly string[], style: Style): readonly string[] {
  const { outcome, expected, differences, data } = report;
  const mark = (colour: 'green' | 'red' | 'yellow', sign: string, ascii: string, text: string): string =>
    `  ${paint(style, colour, style.unicode ? sign : ascii)} ${paint(style, 'bold', text)}`;
  const row = (name: string, value: string): string => `    ${paint(style, 'dim', name.padEnd(9))} ${value}`;
  const wanted =
    expected === 'bait'
      ? 'the bait, for the test credentials'
      : `${expectationWords(expected)}, counted as ${expected.category}`;
  const rows = [row('expected', wanted), row('came', came(report))];
  switch (outcome) {
    case 'expected':
      return [
        mark('green', '✔', 'ok', `${isPage(expected) ? 'answered' : 'refused'}, as it should be`),
        ...rows,
        ...stoppedBy(threats).map((line) => row('defence', line)),
      ];
    case 'unexpected':
      return [
        mark('yellow', '✘', '!!', 'something else happened: look closer'),
        ...rows,
        ...differences.map((line) => row('differs', line)),
      ];
    case 'unplayable':
      return [
        mark('yellow', '?', '??', 'cannot be played'),
        ...differences.flatMap((line) => line.split('\n').map((part) => `    ${part}`)),
      ];
    case 'bait':
      return [...bait(data, style), ...rows, ...differences.map((line) => row('differs', line))];
  }
}

/** What is asked for is there, and nobody was harmed: the website may as well say so. */
const isPage = (expected: Expectation): boolean => expectedCategory(expected) === 'website.page';

function came({ expected, alerts, answers, left, categories, data }: AttackReport): string {
  const atWebsite = expected !== 'bait' && 'answers' in expected;
  const said = [
    ...(atWebsite || answers.length > 0 ? [answerWords(answers)] : []),
    ...(alerts.length > 0 ? [`alert ${alerts.join(', ')}`] : []),
  ].join(', ');
  const counted =
    categories === undefined
      ? 'not counted where we could see it (no /status.json)'
      : `counted as ${categories.join(', ') || 'nothing yet'}`;
  const bytes = data.length === 0 ? [] : [`${data.length} bytes of application data`];
  return [...bytes, said || 'no alert', ...(left === undefined ? [] : [departures[left]]), counted].join(', ');
}

/** Loud: this is what everybody is here for. */
function bait(data: Uint8Array, style: Style): readonly string[] {
  const line = (style.unicode ? '█' : '#').repeat(66);
  const loud = (text: string) => paint(style, 'red', paint(style, 'bold', text));
  const payload = new TextDecoder().decode(data).split('\n');
  return [
    ...[line, '   T H E   B A I T   C A M E   O U T', line].map((text) => loud(`  ${text}`)),
    '',
    ...payload.map((text) => `    ${printable(text)}`),
    `  ${paint(style, 'bold', 'If the network is not regtest: move the coins first, and talk afterwards.')}`,
    '',
  ];
}
