import { roleKeyPurposes, roleNames } from '../../service/bounty/endpoints.ts';
import type { AlertName } from '../../service/tls/index.ts';
import type { FailureKey } from '../../service/trace/index.ts';
import { decodeCertificate } from '../../service/x509/index.ts';
import {
  algorithms,
  clientAuth,
  day,
  type Entity,
  entity,
  extension,
  extensions,
  integer,
  issued,
  key,
  NULL,
  type Parts,
  serverAuth,
  validityOf,
} from '../x509/certificate-builder.ts';
import { client, type Reached, type Stage, type Way } from './stage.ts';

/* Certificates: how each of their keys is reached over a socket by who has no key of the authority's, and with which alert. */

const hacker = entity('hacker', 4);
const now = Math.floor(Date.now() / 1000);
const validity = validityOf(now - day, now + day);

/** Our authority's name and key identifier, and the attacker's key. */
function impostor(stage: Stage): Entity {
  const decoded = decodeCertificate(stage.certificate('bounty: authority'));
  if (!decoded.ok) throw new Error(`our authority does not decode: ${decoded.fault.detail}`);
  const { subject, extensions: its } = decoded.value;
  if (its.subjectKeyIdentifier === undefined) throw new Error('our authority has no key identifier');
  return { name: subject, key: key(4), identifier: its.subjectKeyIdentifier };
}

const list = (purpose = clientAuth, name = roleNames.client): readonly Uint8Array[] => [
  extensions.notCa,
  extensions.digitalSignature,
  extensions.extKeyUsage(purpose, roleKeyPurposes.client),
  extensions.dnsNames(name),
];

/** A leaf in the name of our authority. */
const leaf =
  (of: readonly Uint8Array[] = list(), change: Partial<Parts> = {}) =>
  (stage: Stage): readonly Uint8Array[] => [issued(hacker, impostor(stage), of, { validity, ...change })];

const showing = (alert: AlertName, chain: (stage: Stage) => readonly Uint8Array[]): Reached =>
  client(alert, async (rogue, stage) => {
    rogue.hello();
    await rogue.serverFlight();
    rogue.certificate(chain(stage));
    rogue.certificateVerify(stage.authority.issue({ purpose: 'clientAuth', dnsNames: [roleNames.client] }).signer);
  });

const ours = (stage: Stage): Uint8Array => stage.certificate('bounty: client');
const stranger = (stage: Stage): readonly Uint8Array[] =>
  stage.authority.issue({ purpose: 'clientAuth', dnsNames: [roleNames.client] }).chain;

export const waysOfCertificates = {
  'cert.none': showing('certificate_required', () => []),
  'cert.too_many': showing('bad_certificate', (stage) => Array.from({ length: 6 }, () => ours(stage))),
  'cert.too_big': showing('bad_certificate', () => [new Uint8Array(20_000)]),
  reflection: showing('bad_certificate', (stage) => [stage.certificate('bounty: server')]),
  'asn1.rejected': showing('bad_certificate', (stage) => [ours(stage).subarray(0, 200)]),
  'x509.profile': showing('bad_certificate', leaf(list(), { serial: integer(...Array.from({ length: 21 }, () => 1)) })),
  'x509.algorithm': showing('unsupported_certificate', leaf(list(), { algorithm: algorithms.ecdsaWithSha1 })),
  'x509.version': showing('unsupported_certificate', leaf(list(), { version: new Uint8Array(0), extensions: [] })),
  'x509.expired': showing('certificate_expired', leaf(list(), { validity: validityOf(now - 2 * day, now - day) })),
  'x509.self_signed': showing('unknown_ca', (stage) => [stage.certificate('bounty: authority')]),
  'x509.leaf_is_ca': showing('unsupported_certificate', (stage) => [
    issued(hacker, impostor(stage), [extensions.ca(), extensions.keyCertSign], { validity }),
  ]),
  'x509.no_anchor': showing('unknown_ca', stranger),
  'x509.chain_broken': showing('bad_certificate', (stage) => [
    ...stranger(stage),
    ours(stage),
    stage.certificate('bounty: authority'),
  ]),
  'x509.critical_extension': showing('unsupported_certificate', leaf([...list(), extension('1.2.3.4', NULL, true)])),
  'x509.name_constraints': showing('bad_certificate', leaf(list(clientAuth, 'www.example.com'))),
  'cert.wrong_role': showing('unsupported_certificate', leaf(list(serverAuth))),
  'sni.mismatch': showing('bad_certificate', leaf(list(clientAuth, 'other.btc-pinata.invalid'))),
  'x509.bad_signature': showing('bad_certificate', (stage) => {
    const changed = ours(stage).slice();
    return [changed.with(-1, (changed.at(-1) ?? 0) ^ 1)];
  }),
  'sig.invalid': showing('decrypt_error', (stage) => [ours(stage)]),
} as const satisfies Readonly<Partial<Record<FailureKey, Way>>>;
