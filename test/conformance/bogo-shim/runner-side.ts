import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConnectionOptions, connect, TLSSocket, type TLSSocketOptions } from 'node:tls';
import { onTestFinished } from 'vitest';
import { encodePem, exportPkcs8, generatePrivateKey, issueLeaf } from '../../../service/x509/index.ts';
import { NOW, world } from '../../tls/pki.ts';

/* The other side of the shim, as small as its tests need it: what BoringSSL's runner does with a connection, by node:tls. */

export const shimId = 0x0102030405060708n;

/** What the shim left behind. */
export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A shim that was started, and the port it was told to come to. */
export class Runner {
  readonly #server: Server;
  readonly ended: Promise<Ended>;

  private constructor(server: Server, ended: Promise<Ended>) {
    this.#server = server;
    this.ended = ended;
  }

  static async starts(...flags: readonly string[]): Promise<Runner> {
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    return new Runner(server, shim('-port', `${port}`, '-shim-id', `${shimId}`, ...flags));
  }

  /** The next connection, with the eight bytes that the shim says first. */
  async accepts(): Promise<{ readonly id: bigint; readonly socket: Socket }> {
    const [socket]: Socket[] = await once(this.#server, 'connection');
    if (socket === undefined) throw new Error('a connection without a socket');
    onTestFinished(() => void socket.destroy());
    socket.on('error', () => undefined);
    for (;;) {
      const id: Buffer | null = socket.read(8);
      if (id !== null) return { id: id.readBigUInt64LE(), socket };
      await once(socket, 'readable');
    }
  }

  async acceptsServer(options: TLSSocketOptions): Promise<TLSSocket> {
    const { socket } = await this.accepts();
    return watched(new TLSSocket(socket, { isServer: true, ...options }));
  }

  async acceptsClient(options: ConnectionOptions): Promise<TLSSocket> {
    const { socket } = await this.accepts();
    return watched(connect({ socket, rejectUnauthorized: false, servername: 'server.btc-pinata.invalid', ...options }));
  }
}

function watched(socket: TLSSocket): TLSSocket {
  socket.on('error', () => undefined);
  return socket;
}

/** So many bytes of application data. */
export async function hears(socket: TLSSocket, length: number): Promise<Buffer> {
  for (;;) {
    const bytes: Buffer | null = socket.read(length);
    if (bytes !== null) return bytes;
    await once(socket, 'readable');
  }
}

export async function shim(...flags: readonly string[]): Promise<Ended> {
  const program = join(import.meta.dirname, 'shim.ts');
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, ...flags]);
  onTestFinished(() => void child.kill());
  const [stdout, stderr] = [child.stdout, child.stderr].map((stream) => stream.setEncoding('utf8').toArray());
  const [status]: (number | null)[] = await once(child, 'close');
  return { status: status ?? null, stdout: await joined(stdout), stderr: await joined(stderr) };
}

const joined = async (chunks: Promise<string[]> | undefined): Promise<string> => ((await chunks) ?? []).join('');

/** A certificate and its key, in files for the shim and in text for node:tls. */
export interface Credential {
  readonly flags: readonly string[];
  readonly cert: string;
  readonly key: string;
}

export function credential(purpose: 'serverAuth' | 'clientAuth', type: 'P-256' | 'P-384' | 'ed25519'): Credential {
  const of = world();
  const entropy = new Uint8Array(randomBytes({ 'P-256': 48, 'P-384': 72, ed25519: 32 }[type]));
  const key = generatePrivateKey(type, entropy, { extractable: true });
  const { certificate } = issueLeaf({
    commonName: 'shim',
    publicKey: key.publicKey,
    authority: of.authority.certificate,
    authorityKey: of.authorityKey,
    serial: new Uint8Array(16).fill(1),
    notBefore: NOW - 86_400,
    notAfter: NOW + 86_400,
    purpose,
    dnsNames: ['server.btc-pinata.invalid'],
  });
  const pkcs8 = Buffer.from(exportPkcs8(key)).toString('base64');
  const files = {
    cert: encodePem(certificate.der),
    key: `-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----\n`,
  };
  const folder = mkdtempSync(join(tmpdir(), 'bogo-shim-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return { flags: ['-cert-file', join(folder, 'cert'), '-key-file', join(folder, 'key')], ...files };
}
