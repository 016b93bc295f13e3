import { connect as connectTls, type PeerCertificate } from 'node:tls';
import type { Shown, Verification } from '../attest/verification.ts';
import { bridge } from './bridge.ts';
import { connect } from './connect.ts';

export interface Port {
  readonly host: string;
  readonly port: number;
  /** Of the port, for people. */
  readonly what: string;
  /** What is asked for by name; an address asks for none. */
  readonly name: string | undefined;
  readonly protocol: string;
}

/**
 * The certificate of a port that also signed with its key, by Node's TLS, which is not ours. Whose it is, is judged
 * elsewhere. Never rejects: where nothing was shown, that is what was seen.
 */
export async function certificateShown(
  { host, port, what, name, protocol }: Port,
  signal: AbortSignal,
): Promise<Shown> {
  const socket = await connect(host, port, what, signal).catch(() => undefined);
  if (socket === undefined) return { nothing: `no connection to port ${port}` };
  return new Promise((resolve) => {
    const tls = connectTls({
      socket,
      rejectUnauthorized: false,
      ...(name === undefined ? {} : { servername: name }),
      ALPNProtocols: [protocol],
    });
    const done = (shown: Shown): void => {
      signal.removeEventListener('abort', late);
      tls.destroy();
      resolve(shown);
    };
    const late = (): void => done({ nothing: 'no handshake in time' });
    signal.addEventListener('abort', late, { once: true });
    // It has shown its certificate and signed with it: that it then refuses us, who have none, is as it should be.
    tls.once('secureConnect', () => {
      const { raw }: Partial<PeerCertificate> = tls.getPeerCertificate();
      done(raw === undefined ? { nothing: 'no certificate' } : { certificate: Uint8Array.from(raw) });
    });
    tls.on('error', (error: NodeJS.ErrnoException) => done({ nothing: error.code ?? 'no handshake' }));
    tls.once('close', () => done({ nothing: 'it hung up' }));
  });
}

export interface Joint {
  readonly host: string;
  readonly httpPort: number;
  readonly serverPort: number;
  readonly reversePort: number;
}

/** Joins the TLS server of the bounty to its TLS client, as anybody may (features.md A8). Never rejects. */
export async function join(
  { host, httpPort, serverPort, reversePort }: Joint,
  signal: AbortSignal,
): Promise<Verification['joined']> {
  const client = { kind: 'reverse', port: reversePort } as const;
  const options = { host, httpPort, serverPort, client, timeoutSeconds: 10, captureFile: undefined, json: false };
  const report = await bridge(options, () => undefined, signal).catch(() => undefined);
  if (report === undefined) return { outcome: 'failed', words: 'one of them broke off' };
  const { outcome, reason, bytes } = report;
  const words = `${bytes.to_server} bytes to the server, ${bytes.to_client} to the client`;
  if (outcome === 'confirmed') return { outcome, words: `port ${reversePort} took port ${serverPort}: ${words}` };
  return { outcome, words: printable(`${reason ?? 'they did not end a handshake'}; ${words}`).slice(0, 1000) };
}

const printable = (words: string): string => words.replace(/[^ -~]+/g, ' ');
