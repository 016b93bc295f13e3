import { hexToBytes } from '@noble/hashes/utils.js';
import type { ArrowView, FieldView } from '../site/index.ts';
import { alertName, type Version } from '../tls/index.ts';
import { type BareType, type Inner, isBare, type TraceStep } from '../trace/index.ts';
import { HandshakeBytes } from './handshake-bytes.ts';

/* From the steps of an attempt to the arrows of its diagram: messages rather than records, and what each of them says. */

/** The bytes of one handshake message as fields, itself before them. */
export type ExplainMessage = (message: Uint8Array, version: Version) => readonly FieldView[];

interface Drawing {
  readonly messages: HandshakeBytes;
  readonly version: Version;
  readonly explain: (bytes: string) => readonly FieldView[];
}

export function arrows(steps: readonly TraceStep[], explain: ExplainMessage): readonly ArrowView[] {
  const messages = new HandshakeBytes(steps);
  const version = steps.find((step) => step.type === 'negotiated')?.version ?? '1.3';
  const drawing: Drawing = {
    messages,
    version,
    explain: (bytes) => (bytes === '' ? [] : explain(hexToBytes(bytes), version)),
  };
  const drawn = steps.filter(isNews).flatMap((step) => arrowsOf(step, drawing));
  // What became no message, or no record, is known at the end. It came before it was judged.
  const left = messages.left();
  const unread = [
    ...(left === undefined ? [] : [leftover(left)]),
    ...steps.flatMap((step) => (step.type === 'rest' ? [restArrow(step)] : [])),
  ];
  const judged = drawn.findIndex(({ kind }) => kind === 'verdict');
  return drawn.toSpliced(judged < 0 ? drawn.length : judged, 0, ...unread);
}

/** A fault is told by the engine, and again as what the connection ended with. */
const isNews = (step: TraceStep, index: number, steps: readonly TraceStep[]): boolean =>
  step.type !== 'fault' || !steps.slice(0, index).some(({ type }) => type === 'fault');

const leftover = ({ t, bytes, encrypted }: NonNullable<ReturnType<HandshakeBytes['left']>>): ArrowView =>
  arrow(
    t,
    'received',
    encrypted ? 'encrypted' : 'clear',
    'Handshake bytes that are no message, or none that was taken',
    {
      bytes,
    },
  );

const restArrow = ({ t, length, bytes }: Extract<TraceStep, { type: 'rest' }>): ArrowView =>
  arrow(t, 'received', bytes === '' ? 'encrypted' : 'clear', 'Bytes that are no record, or not a whole one', {
    detail: `${length} in all${2 * length > bytes.length ? ', of which the first are recorded' : ''}`,
    bytes,
  });

function arrow(
  t: number,
  direction: ArrowView['direction'],
  kind: ArrowView['kind'],
  title: string,
  more: Partial<Pick<ArrowView, 'detail' | 'section' | 'bytes' | 'fields'>> = {},
): ArrowView {
  return { t, direction, kind, title, detail: '', section: undefined, bytes: '', fields: [], ...more };
}

const remark = (t: number, title: string, detail = ''): ArrowView => arrow(t, undefined, 'remark', title, { detail });
const verdict = (t: number, title: string, detail = ''): ArrowView => arrow(t, undefined, 'verdict', title, { detail });

function arrowsOf(step: TraceStep, drawing: Drawing): readonly ArrowView[] {
  const { t } = step;
  if (isBare(step)) return [verdict(t, endings[step.type])];
  switch (step.type) {
    case 'record':
      return recordArrows(step);
    case 'handshake': {
      const { direction, message, length } = step;
      const { bytes, encrypted } = drawing.messages.take(direction, length);
      const [whole, ...fields] = drawing.explain(bytes);
      return [
        arrow(t, direction, encrypted ? 'encrypted' : 'clear', structureName(message), {
          section: whole?.section,
          bytes,
          fields: fields.map((field) => ({ ...field, depth: field.depth - 1 })),
          detail: bytes === '' ? `${length} bytes, which are not in the recording` : '',
        }),
      ];
    }
    case 'change_cipher_spec':
      return [
        arrow(t, step.direction, 'clear', 'ChangeCipherSpec', {
          detail: drawing.version === '1.3' ? 'for the sake of old middleboxes; it changes nothing' : '',
          section: drawing.version === '1.3' ? 'RFC 9846 §E.4' : 'RFC 5246 §7.1',
        }),
      ];
    case 'alert':
      return [
        arrow(t, step.direction, 'alert', `Alert ${alertName(step.description)}`, {
          detail: `${step.description}, ${step.level === 1 ? 'warning' : step.level === 2 ? 'fatal' : `level ${step.level}`}`,
          section: drawing.version === '1.3' ? 'RFC 9846 §6' : 'RFC 5246 §7.2',
        }),
      ];
    case 'application_data':
      return [
        arrow(t, step.direction, 'encrypted', 'Application data', {
          detail: `${step.length} bytes, of which the length alone is recorded`,
        }),
      ];
    case 'begun':
      return [remark(t, 'The session begins', `open to TLS ${step.versions.join(' and ')}`)];
    case 'negotiated':
      return [
        remark(
          t,
          'Agreed',
          [
            `TLS ${step.version}`,
            step.cipherSuite,
            step.group,
            ...(step.applicationProtocol === undefined ? [] : [`protocol "${step.applicationProtocol}"`]),
            ...(step.serverName === undefined ? [] : [`server name "${step.serverName}"`]),
          ].join(', '),
        ),
      ];
    case 'transcript':
      return [
        remark(
          t,
          step.direction === 'sent' ? 'Our Finished is on record' : 'The Finished of the other end holds',
          `transcript hash at ${step.point}: ${step.hash}`,
        ),
      ];
    case 'established':
      return [remark(t, 'The handshake is done')];
    case 'fault': {
      const { kind, reason, detail } = step.fault;
      return [verdict(t, `Refused: ${reason}`, `${detail} (${kind})`)];
    }
    case 'released':
      return [verdict(t, 'The key was sent', step.release)];
    case 'withheld':
      return [verdict(t, 'The key was held back', step.reason)];
    case 'alert_received':
      return [verdict(t, 'The other end gave up', alertName(step.description))];
    case 'dialback':
      return [verdict(t, 'The call back', step.outcome)];
    case 'rest':
    case 'closed':
    case 'client_random':
    case 'state':
      return [];
    case 'http':
      return [remark(t, 'A request was answered', `with status ${step.status}`)];
  }
}

/** `client_hello` is the name of a HandshakeType; that of the message is ClientHello. */
const structureName = (type: string): string =>
  type.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());

const endings: Readonly<Record<BareType, string>> = {
  probe: 'This was our own monitoring',
  rate_limited: 'Turned away: this prefix had its share',
  overloaded: 'Turned away: too many handshakes at once',
  empty: 'It went without a word',
  eof: 'The other end closed',
  reset: 'The other end broke off',
  timeout: 'Its time was up',
  byte_budget: 'It sent more than it may',
  shutdown: 'The piñata stopped',
  finished: 'Done',
  exception: 'A defect of ours ended it',
};

type RecordStep = Extract<TraceStep, { type: 'record' }>;

const [changeCipherSpec, alert, handshake, applicationData] = [20, 21, 22, 23];
/** What these hold is told of by steps of their own. */
const told: ReadonlySet<number | undefined> = new Set([changeCipherSpec, alert, handshake]);

/** Records that nothing else tells of. */
function recordArrows(step: RecordStep): readonly ArrowView[] {
  const { t, direction, contentType, length } = step;
  if ('fragment' in step) {
    if (told.has(contentType)) return [];
    return [
      arrow(t, direction, 'clear', `Record of type ${contentType}`, {
        detail: `${length} bytes`,
        section: 'RFC 9846 §5.1',
        bytes: step.fragment,
      }),
    ];
  }
  return innerArrows(step, step.inner);
}

function innerArrows({ t, direction, length }: RecordStep, inner: Inner): readonly ArrowView[] {
  switch (inner.type) {
    case 'said':
      return [];
    case 'withheld':
      if (inner.contentType === applicationData) return [];
      return [
        arrow(t, direction, 'encrypted', `Encrypted record of type ${inner.contentType}`, {
          detail: `${inner.length} bytes, of which the length alone is recorded`,
          section: 'RFC 9846 §5.2',
        }),
      ];
    case 'unopened':
      return [
        arrow(t, direction, 'encrypted', 'A record that does not open', {
          detail: `${length} bytes`,
          section: 'RFC 9846 §5.2',
        }),
      ];
  }
}
