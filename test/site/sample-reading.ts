import type { ArrowView, CertificateReading, Reading } from '../../service/site/index.ts';
import type { TraceStep } from '../../service/trace/index.ts';
import { hex, noon } from './sample-archive.ts';

/* What the host reads of the sample past, made up like it. */

const clientHello = `010000f80303${hex(9, 32)}20${hex(4, 32)}0004130113021303${hex(6, 180)}`;

/** One of every type that there is, in no order that an engine would tell them in. */
export const sampleSteps: readonly TraceStep[] = [
  { t: 0, type: 'begun', generation: hex(3, 32), now: 1, versions: ['1.3', '1.2'] },
  { t: 1, type: 'record', direction: 'received', contentType: 22, version: 0x301, length: 252, fragment: clientHello },
  { t: 1, type: 'handshake', direction: 'received', message: 'client_hello', length: 252 },
  { t: 1, type: 'client_random', random: hex(9, 32) },
  { t: 1, type: 'record', direction: 'received', contentType: 24, version: 0x303, length: 3, fragment: '014000' },
  {
    t: 2,
    type: 'negotiated',
    version: '1.3',
    cipherSuite: 'TLS_AES_128_GCM_SHA256',
    group: 'X25519',
    applicationProtocol: 'http/1.1',
    serverName: 'example.org',
  },
  { t: 2, type: 'change_cipher_spec', direction: 'sent' },
  {
    t: 2,
    type: 'record',
    direction: 'sent',
    contentType: 23,
    version: 0x303,
    length: 53,
    inner: { type: 'said', contentType: 22, content: `14000020${hex(8, 32)}`, fragment: hex(1, 53) },
  },
  { t: 2, type: 'handshake', direction: 'sent', message: 'finished', length: 36 },
  { t: 2, type: 'transcript', point: 'server_finished', direction: 'sent', hash: hex(7, 32) },
  { t: 2, type: 'state', state: 'wait_finished' },
  {
    t: 3,
    type: 'record',
    direction: 'received',
    contentType: 23,
    version: 0x303,
    length: 9,
    inner: { type: 'unopened' },
  },
  {
    t: 3,
    type: 'record',
    direction: 'received',
    contentType: 23,
    version: 0x303,
    length: 20,
    inner: { type: 'withheld', contentType: 24, length: 3 },
  },
  { t: 3, type: 'established' },
  { t: 3, type: 'application_data', direction: 'received', length: 9 },
  { t: 4, type: 'alert', direction: 'sent', level: 2, description: 40 },
  { t: 4, type: 'fault', fault: { kind: 'misbehaved', reason: 'heartbeat', detail: 'a heartbeat record' } },
  { t: 5, type: 'closed', direction: 'sent' },
  { t: 5, type: 'alert_received', description: 42 },
  { t: 5, type: 'withheld', reason: 'no reason' },
  { t: 5, type: 'released', release: 'short_circuit' },
  { t: 5, type: 'dialback', outcome: 'refused' },
  { t: 5, type: 'http', status: 200 },
  { t: 6, type: 'eof' },
  { t: 6, type: 'rest', length: 900, bytes: hex(2, 40) },
];

const sampleArrows: readonly ArrowView[] = [
  {
    t: 0,
    direction: 'received',
    kind: 'clear',
    title: 'ClientHello',
    detail: '',
    section: 'RFC 9846 §4.1.2',
    bytes: clientHello,
    fields: [
      ...[
        { name: 'msg_type', start: 0, end: 1, depth: 0, value: 'client_hello', section: 'RFC 9846 §4' },
        { name: 'length', start: 1, end: 4, depth: 0, value: '248 bytes', section: undefined },
        { name: 'legacy_version', start: 4, end: 6, depth: 1, value: 'TLS 1.2', section: undefined },
        { name: 'random', start: 6, end: 38, depth: 1, value: undefined, section: undefined },
        { name: 'extensions', start: 90, end: 252, depth: 1, value: undefined, section: 'RFC 9846 §4.2' },
        { name: 'HostName', start: 96, end: 110, depth: 4, value: '"example.org"', section: 'RFC 6066 §3' },
      ].map((field) => ({ ...field, problem: undefined })),
      {
        name: 'unread',
        start: 110,
        end: 252,
        depth: 2,
        value: undefined,
        section: undefined,
        problem: 'wants 9 bytes where 3 are left',
      },
    ],
  },
  {
    t: 3,
    direction: 'sent',
    kind: 'encrypted',
    title: 'Finished',
    detail: '',
    section: undefined,
    bytes: hex(2, 36),
    fields: [],
  },
  {
    t: 3,
    direction: undefined,
    kind: 'remark',
    title: 'The handshake is done',
    detail: '',
    section: undefined,
    bytes: '',
    fields: [],
  },
  {
    t: 9,
    direction: undefined,
    kind: 'verdict',
    title: 'Refused: certificate_missing',
    detail: 'an empty certificate_list (untrusted)',
    section: undefined,
    bytes: '',
    fields: [],
  },
  {
    t: 9,
    direction: 'sent',
    kind: 'alert',
    title: 'Alert certificate_required',
    detail: '116, fatal',
    section: 'RFC 9846 §6',
    bytes: '',
    fields: [],
  },
];

export const sampleCertificateReading: CertificateReading = {
  type: 'read',
  subject: 'emailAddress=hacker@hacker,CN=hacker',
  issuer: 'CN=Google Internal SNAX Authority',
  version: 3,
  serialNumber: '00c0ffee',
  notBefore: noon / 1000 - 86_400,
  notAfter: noon / 1000 + 86_400,
  publicKey: 'RSA, 2048 bits',
  signatureAlgorithm: 'RSA PKCS#1 with sha256',
  extensions: [{ name: 'subjectAltName', value: 'example.org, *.example.org' }],
};

export const sampleReading: Reading = {
  arrows: () => sampleArrows,
  certificate: (der) =>
    der.endsWith('3')
      ? { type: 'unreadable', reason: 'der_malformed', detail: 'a length that is not minimal', subject: '' }
      : sampleCertificateReading,
  certificateFields: () => sampleArrows[0]?.fields ?? [],
  alert: (description) => (description === 70 ? 'protocol_version' : `alert_${description}`),
};
