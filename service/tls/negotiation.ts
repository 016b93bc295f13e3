import { failure, type PublicKey, type Result, success } from '../x509/index.ts';
import { chooseSigner, type Signer } from './certificate-verify.ts';
import type { CipherSuite } from './cipher-suite.ts';
import { authenticationBy, type CipherSuite12 } from './cipher-suite-12.ts';
import type { ClientOffer, ClientOffer12, ClientOffer13 } from './client-offer.ts';
import type { ServerConfig } from './contract.ts';
import type { KeyShareEntry } from './extensions.ts';
import { type Fault, incompatibility } from './fault.ts';
import type { NamedGroup } from './named-group.ts';
import type { Parameters } from './states.ts';

interface Common {
  readonly group: NamedGroup;
  readonly signer: Signer;
  readonly applicationProtocol: string | undefined;
}

/** What a server answers a TLS 1.3 ClientHello with. `share` is undefined where the group is common but has no share yet. */
export interface Choice13 extends Common {
  readonly suite: CipherSuite;
  readonly share: KeyShareEntry | undefined;
}

export interface Choice12 extends Common {
  readonly suite: CipherSuite12;
}

/** RFC 9846 §4.1.1, in the order of failures.md §3.3: suite, group, protocol, certificate. */
export function choose13(offer: ClientOffer13, config: ServerConfig, parameters: Parameters): Result<Choice13, Fault> {
  const suite = chooseSuite(offer, parameters.cipherSuites);
  if (suite.ok !== true) return suite;
  // A share at hand beats a better group that would cost another round trip (§4.2.8).
  const shared = parameters.groups.filter(({ code }) => offer.keyShares.some((share) => share.group === code));
  const common = chooseCommon(offer, config, parameters, [...shared, ...parameters.groups]);
  if (common.ok !== true) return common;
  const share = offer.keyShares.find((entry) => entry.group === common.value.group.code);
  return success({ ...common.value, suite: suite.value, share });
}

/** RFC 5246 §7.4.1.3, RFC 8422 §5.1: a suite that a key of ours can sign for, then a key that fits it. */
export function choose12(offer: ClientOffer12, config: ServerConfig, parameters: Parameters): Result<Choice12, Fault> {
  const ours = parameters.cipherSuites12.filter(({ authentication }) =>
    config.certifiedKeys.some(({ key }) => authenticationBy(key.publicKey.algorithm) === authentication),
  );
  const suite = chooseSuite(offer, ours);
  if (suite.ok !== true) return suite;
  // RFC 8422 §5.1.1: in TLS 1.2 supported_groups speaks of the curves of certificates, too.
  const certifiedKeys = config.certifiedKeys.filter(
    ({ key }) =>
      authenticationBy(key.publicKey.algorithm) === suite.value.authentication &&
      onCurveOf(offer.groups, key.publicKey),
  );
  const common = chooseCommon(offer, { ...config, certifiedKeys }, parameters, parameters.groups.filter(isClassic));
  return common.ok === true ? success({ ...common.value, suite: suite.value }) : common;
}

const curveCodes = { 'P-256': 0x0017, 'P-384': 0x0018, 'P-521': 0x0019 } as const;

export const onCurveOf = (groups: readonly number[], key: PublicKey): boolean =>
  key.algorithm !== 'ecdsa' || groups.includes(curveCodes[key.curve]);

/** A hybrid share is longer than the point of TLS 1.2 has room for (RFC 8422 §5.4). */
export const isClassic = ({ name }: NamedGroup): boolean => name !== 'X25519MLKEM768';

/** Ours decides: ChaCha20 leads (performance.md). */
function chooseSuite<Suite extends { readonly name: string; readonly code: number }>(
  { hello }: ClientOffer,
  ours: readonly Suite[],
): Result<Suite, Fault> {
  const suite = ours.find(({ code }) => hello.cipherSuites.includes(code));
  if (suite !== undefined) return success(suite);
  const codes = hello.cipherSuites.slice(0, 16).map((code) => code.toString(16).padStart(4, '0'));
  const names = ours.map(({ name }) => name).join(', ');
  return failure(incompatibility('no_cipher_suite', `offered were ${codes.join(' ')}; ours are ${names}`));
}

function chooseCommon(
  offer: ClientOffer,
  config: ServerConfig,
  parameters: Parameters,
  preferred: readonly NamedGroup[],
): Result<Common, Fault> {
  const group = preferred.find(({ code }) => offer.groups.includes(code));
  if (group === undefined) {
    const ours = parameters.groups.map(({ name }) => name).join(', ');
    const detail = `offered were ${offer.groups.slice(0, 16).join(', ')}; ours are ${ours}`;
    return failure(incompatibility('no_group', detail));
  }
  const protocol = chooseProtocol(offer, config);
  if (protocol.ok !== true) return protocol;
  const signer = chooseSigner(config.certifiedKeys, parameters.signatureSchemes, offer.signatureSchemes);
  if (signer.ok !== true) return signer;
  return success({ group, signer: signer.value, applicationProtocol: protocol.value });
}

/** RFC 7301 §3.2 */
function chooseProtocol(offer: ClientOffer, { alpn }: ServerConfig): Result<string | undefined, Fault> {
  const offered = offer.applicationProtocols;
  const wanted = alpn.protocols.join(' or ');
  if (offered === undefined) {
    return alpn.absent === 'tolerated'
      ? success(undefined)
      : failure(incompatibility('alpn_missing', `the client offers no ALPN; wanted is ${wanted}`));
  }
  const chosen = alpn.protocols.find((protocol) => offered.includes(protocol));
  if (chosen !== undefined) return success(chosen);
  const shown = offered.slice(0, 8).map((name) => JSON.stringify(name));
  return failure(incompatibility('alpn_mismatch', `the client offers ${shown.join(', ')}; wanted is ${wanted}`));
}
