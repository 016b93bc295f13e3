import { ExtensionType } from '../../../service/tls/extension-type.ts';
import { certificateAuthorities, ExtensionBlock, protocolNameList } from '../../../service/tls/extensions.ts';
import { certificateRequest, certificateVerify, clientHello } from '../../../service/tls/handshake-messages.ts';
import { certificateRequest12, serverKeyExchange } from '../../../service/tls/handshake-messages-12.ts';
import { peer, type Session, type TraceEvent, unverifiedPeer } from '../../../service/tls/index.ts';
import { decode } from '../../../service/tls/presentation.ts';
import { codeOfGroup, codeOfSuite, protocolsIn } from './configuration.ts';
import { certificatesIn } from './credential.ts';
import type { Flags } from './flags.ts';
import { namesIn } from './verifier.ts';

/* What the runner wants the shim to have seen once the handshake is done: the -expect flags. */

/** One line for each thing that is not as it should be. */
export function disappointments(flags: Flags, session: Session, events: readonly TraceEvent[]): readonly string[] {
  const negotiated = events.find((event) => event.type === 'negotiated');
  if (negotiated?.type !== 'negotiated') return ['established, and nothing was negotiated'];
  const versions = { '1.3': 0x0304, '1.2': 0x0303 } as const;
  const retried = events.filter((event) => event.type === 'handshake' && event.message === 'client_hello').length > 1;
  const authenticated = !flags['-server'] || flags['-require-any-client-certificate'];
  return [
    ...differs('version', flags['-expect-version'], versions[negotiated.version]),
    ...differs('group', flags['-expect-curve-id'], codeOfGroup(negotiated.group)),
    ...differs('cipher suite', flags['-expect-cipher'], codeOfSuite(negotiated.cipherSuite)),
    ...differs('server name', flags['-expect-server-name'], negotiated.serverName),
    // Without either flag there must be none.
    ...(flags[flags['-server'] ? '-select-alpn' : '-expect-alpn'] === negotiated.applicationProtocol
      ? []
      : [`the application protocol is ${negotiated.applicationProtocol}`]),
    ...differs('offered protocols', listOf(flags['-expect-advertised-alpn']), offeredProtocols(events)),
    ...differs('signature algorithm', flags['-expect-peer-signature-algorithm'], signedWith(flags, events)),
    ...differs('certificate of ours', leafOf(flags, flags['-expect-selected-credential']), shownLeaf(flags, events)),
    ...differs('certificate', pemOf(flags['-expect-peer-cert-file']), shown(session)),
    ...differs('authorities', authoritiesOf(flags['-expect-client-ca-list']), requestedAuthorities(events)),
    ...(flags['-expect-hrr'] && !retried ? ['no HelloRetryRequest'] : []),
    ...(flags['-expect-no-hrr'] && retried ? ['a HelloRetryRequest'] : []),
    ...(flags['-expect-no-secure-renegotiation'] ? ['secure renegotiation is mandatory here'] : []),
    ...(authenticated && unverifiedPeer(session) === undefined ? ['the peer showed no certificate'] : []),
    ...(peer(session) === undefined ? [] : ['a VerifiedPeer from a verifier made for tests']),
  ];
}

const differs = (what: string, wanted: string | number | undefined, got: string | number | undefined) =>
  wanted === undefined || wanted === got ? [] : [`${what}: got ${got}, wanted ${wanted}`];

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const listOf = (protocols: string | undefined) =>
  protocols === undefined ? undefined : protocolsIn(protocols).join(',');
const pemOf = (file: string | undefined) => (file === undefined ? undefined : certificatesIn(file).map(hex).join(','));
const shown = (session: Session) => unverifiedPeer(session)?.shown.map(hex).join(',');
const authoritiesOf = (list: string | undefined) => (list === undefined ? undefined : namesIn(list).map(hex).join(','));

/** The leaf of a credential by its index. */
function leafOf(flags: Flags, index: string | undefined): string | undefined {
  const { '-cert-file': file } = (index === '-1' ? flags : flags.more[Number(index)]) ?? {};
  return index === undefined || file === undefined ? undefined : certificatesIn(file).map(hex)[0];
}

/** Which of our leaves went out. */
function shownLeaf(flags: Flags, events: readonly TraceEvent[]): string | undefined {
  const sent = events.find((e) => e.type === 'handshake' && e.direction === 'sent' && e.message === 'certificate');
  const message = sent?.type === 'handshake' ? hex(sent.bytes) : '';
  const leaves = ['-1', ...flags.more.keys()].map((index) => leafOf(flags, `${index}`));
  return leaves.find((leaf) => leaf !== undefined && message.includes(leaf));
}

/** The body of the last message of that name that came in. */
function received(events: readonly TraceEvent[], name: string): Uint8Array | undefined {
  const found = events.findLast(
    (event) => event.type === 'handshake' && event.direction === 'received' && event.message === name,
  );
  return found?.type === 'handshake' ? found.bytes.subarray(4) : undefined;
}

function offeredProtocols(events: readonly TraceEvent[]): string | undefined {
  const body = received(events, 'client_hello');
  const hello = body === undefined ? undefined : decode(clientHello, body);
  if (hello?.ok !== true) return undefined;
  const block = ExtensionBlock.from(hello.value.extensions, 'ClientHello');
  if (block.ok !== true) return undefined;
  const names = block.value.read(ExtensionType.application_layer_protocol_negotiation, protocolNameList);
  return names.ok === true ? names.value?.join(',') : undefined;
}

/** In TLS 1.2 a server signs its ServerKeyExchange; all others send a CertificateVerify. */
function signedWith(flags: Flags, events: readonly TraceEvent[]): number | undefined {
  const exchange = flags['-server'] ? undefined : received(events, 'server_key_exchange');
  if (exchange !== undefined) {
    const decoded = decode(serverKeyExchange, exchange);
    return decoded.ok === true ? decoded.value.algorithm : undefined;
  }
  const verify = received(events, 'certificate_verify');
  const decoded = verify === undefined ? undefined : decode(certificateVerify, verify);
  return decoded?.ok === true ? decoded.value.algorithm : undefined;
}

function requestedAuthorities(events: readonly TraceEvent[]): string | undefined {
  const body = received(events, 'certificate_request');
  if (body === undefined) return undefined;
  const old = decode(certificateRequest12, body);
  if (old.ok === true) return old.value.authorities.map(hex).join(',');
  const request = decode(certificateRequest, body);
  if (request.ok !== true) return undefined;
  const block = ExtensionBlock.from(request.value.extensions, 'CertificateRequest');
  if (block.ok !== true) return undefined;
  const names = block.value.read(ExtensionType.certificate_authorities, certificateAuthorities);
  return names.ok === true ? (names.value ?? []).map(hex).join(',') : undefined;
}
