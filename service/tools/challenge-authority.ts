import { X509Certificate } from 'node:crypto';
import { connect as connectTls } from 'node:tls';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { connect } from './connect.ts';

export interface Showing {
  readonly host: string;
  readonly port: number;
  /** Of the port, for people. */
  readonly what: string;
  /** The name that its certificate has to have; undefined where any will do. */
  readonly name: string | undefined;
  /** Offered by ALPN, the first before the others. */
  readonly protocol: string | readonly string[] | undefined;
  /** The authority that the page publishes. */
  readonly pem: string;
}

/**
 * SHA-256 of the authority, if the port shows a certificate that this authority issued and proves that it has its key; else
 * what is wrong, in words that no digest is. By Node's TLS, which is not ours. Rejects with a ConnectFailure where there is
 * no connection at all.
 */
export async function authorityShown(showing: Showing, signal: AbortSignal): Promise<string> {
  const digest = digestOf(showing.pem);
  if (digest === undefined) return 'none (what the page publishes is no certificate)';
  const socket = await connect(showing.host, showing.port, showing.what, signal);
  const { name, protocol, pem: ca } = showing;
  return new Promise((resolve) => {
    const tls = connectTls({
      socket,
      ca,
      rejectUnauthorized: false,
      ...(name === undefined ? { checkServerIdentity: () => undefined } : { servername: name }),
      ...(protocol === undefined ? {} : { ALPNProtocols: [protocol].flat() }),
    });
    const done = (found: string): void => {
      signal.removeEventListener('abort', late);
      tls.destroy();
      resolve(found);
    };
    const late = (): void => done('none (no handshake in time)');
    signal.addEventListener('abort', late, { once: true });
    // It has shown its certificate and signed with it: that it then refuses us, who have none, is as it should be.
    tls.once('secureConnect', () => {
      signal.removeEventListener('abort', late);
      resolve(tls.authorized ? digest : `another (${String(tls.authorizationError)})`);
      // Our Finished goes out first, so that the other end has seen a handshake and not half of one.
      tls.end();
      setTimeout(() => tls.destroy(), parting).unref();
    });
    /*
     * By TLS 1.2 it refuses us before it finishes. The secret that is told of here is made once the signature over its key
     * share is verified (RFC 5246 §7.4.3), under the certificate that it has shown by then; by 1.3 it is made before.
     */
    let shown: X509Certificate | undefined;
    tls.on('keylog', () => {
      if (tls.getProtocol() === 'TLSv1.2') shown = tls.getPeerX509Certificate();
    });
    tls.on('error', (error: NodeJS.ErrnoException) => {
      if (shown === undefined) done(`none (${error.code ?? 'no handshake'})`);
      else done(isIssued(shown, ca, name) ? digest : 'another (by its signature)');
    });
    tls.once('close', () => done('none (it hung up)'));
  });
}

/** Milliseconds that the other end has to say goodbye. */
const parting = 2000;

/** As path validation goes where the path is one certificate long; how long that is valid is not looked at. */
function isIssued(leaf: X509Certificate, pem: string, name: string | undefined): boolean {
  const authority = new X509Certificate(pem);
  const named = name === undefined || leaf.checkHost(name, { subject: 'never' }) !== undefined;
  return named && leaf.checkIssued(authority) === true && leaf.verify(authority.publicKey) === true;
}

function digestOf(pem: string): string | undefined {
  try {
    return bytesToHex(sha256(new X509Certificate(pem).raw));
  } catch {
    return undefined;
  }
}
