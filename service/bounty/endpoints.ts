/** The ports of the piñata as one data table: what listens where, over what, in which TLS role (features.md B1-B5). */

export type TlsRole = 'server' | 'client';
export type PortKey = 'http' | 'https' | 'server' | 'dialback' | 'reverse';

export interface Endpoint {
  readonly key: PortKey;
  readonly defaultPort: number;
  readonly transport: 'tcp' | 'tls';
  /** Our role on the accepted connection; on a dial-back the role we play on the connection we make. */
  readonly role: TlsRole | undefined;
  readonly serves: 'website' | 'bait';
  /** The accepted connection is closed at once, and we connect to the caller instead. */
  readonly dialsBack: boolean;
  readonly summary: string;
}

export const endpoints: readonly Endpoint[] = [
  {
    key: 'http',
    defaultPort: 8080,
    transport: 'tcp',
    role: undefined,
    serves: 'website',
    dialsBack: false,
    summary: 'the page over HTTP',
  },
  {
    key: 'https',
    defaultPort: 8443,
    transport: 'tls',
    role: 'server',
    serves: 'website',
    dialsBack: false,
    summary: 'the page over HTTPS, by the same TLS stack; asks for no certificate, holds no bait',
  },
  {
    key: 'server',
    defaultPort: 10_000,
    transport: 'tls',
    role: 'server',
    serves: 'bait',
    dialsBack: false,
    summary: 'TLS server: authenticate as the client and it sends the key',
  },
  {
    key: 'dialback',
    defaultPort: 10_001,
    transport: 'tls',
    role: 'client',
    serves: 'bait',
    dialsBack: true,
    summary: 'closes at once and connects back to you as TLS client',
  },
  {
    key: 'reverse',
    defaultPort: 10_002,
    transport: 'tls',
    role: 'client',
    serves: 'bait',
    dialsBack: false,
    summary: 'plays the TLS client on the connection you open: authenticate as the server and it sends the key',
  },
];

/** Where a dial-back connects to, on the host that asked for it. */
export const defaultDialbackTargetPort = 40_001;

/** RFC 6761 §6.4: `.invalid` never resolves, so that no name of ours can become somebody else's. */
export const bountyDomain = 'btc-pinata.invalid';
export const roleNames: Readonly<Record<TlsRole, string>> = {
  server: `server.${bountyDomain}`,
  client: `client.${bountyDomain}`,
};

/**
 * Stands beside serverAuth or clientAuth in a role's leaf, and nowhere else. The UUID 1fab3601-065c-4f6a-9b9e-f50bb02bfc71
 * in pieces under the arc that Microsoft sets aside for UUIDs; the shorter form under 2.25 (X.667 §8) has an arc of 128
 * bits, and GnuTLS refuses a certificate that holds one (libtasn1 reads 64).
 */
const arc = '1.2.840.113556.1.8000.2554.8107.13825.1628.20330.39838.16059312.2882673';
export const roleKeyPurposes: Readonly<Record<TlsRole, string>> = { server: `${arc}.1`, client: `${arc}.2` };

export const rolePurposes = { server: 'serverAuth', client: 'clientAuth' } as const satisfies Record<TlsRole, string>;

export const oppositeRole = (role: TlsRole): TlsRole => (role === 'server' ? 'client' : 'server');

/** Both ends of the bounty say this by ALPN (RFC 7301); the website never does. */
export const bountyProtocol = 'pinata/1';
/** What our own monitoring says instead. It is counted apart and never gets the bait. */
export const probeProtocol = 'pinata-probe/1';
/**
 * And where we are the client: a fatal no_application_protocol, which is what a server that speaks that alone answers to our
 * hello (RFC 7301 §3.2). On 10001 it is said beforehand, on the call that we answer with one of ours.
 */
export const probeAlert: Uint8Array = Uint8Array.of(21, 3, 3, 0, 2, 2, 120);
