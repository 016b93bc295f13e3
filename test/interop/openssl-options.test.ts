import { describe, expect, test } from 'vitest';
import type { ClientConfig, ServerConfig } from '../../service/tls/index.ts';
import { connectEngine, listenEngine } from '../support/engine-socket.ts';
import { ForeignPki, serverName } from '../support/foreign-pki.ts';
import { type PeerProcess, startForTest } from '../support/peer-process.ts';
import { required } from '../support/required.ts';
import { handshakes } from './foreign-client.ts';

/* What OpenSSL does only when told to: padding, small records, each hash of RSA-PSS, no CertificateRequest. */

const openssl = required.tool('openssl');

describe.skipIf(openssl.missing)('OpenSSL, told to be', () => {
  const pki = new ForeignPki();

  /** An s_server that demands a certificate unless told otherwise, and our client to it. */
  async function toServer(
    options: readonly string[],
    { key = 'p256', demand = true, ...config }: Partial<ClientConfig> & { key?: 'p256' | 'rsa'; demand?: boolean } = {},
  ) {
    const { certificatePath, keyPath } = await pki.leaf('server', key);
    const demands = demand ? ['-Verify', '1', '-verify_return_error', '-CAfile', await pki.authorities(['p256'])] : [];
    const own = ['-cert', certificatePath, '-key', keyPath, '-alpn', 'pinata/1'];
    const program = startForTest('openssl', ['s_server', '-accept', '127.0.0.1:0', ...own, ...demands, ...options]);
    const [, port] = await program.until(/ACCEPT 127\.0\.0\.1:(\d+)\n/);
    const engine = await connectEngine(Number(port), {
      serverName,
      alpn: ['pinata/1'],
      trust: await pki.trust('server', key),
      certifiedKey: await pki.own('client', 'p256'),
      ...config,
    });
    return { engine, program };
  }

  async function fromClient(
    options: readonly string[],
    { key = 'p256', ...config }: Partial<ServerConfig> & { key?: 'p256' | 'rsa' } = {},
  ) {
    const { port, next } = await listenEngine({
      certifiedKeys: [await pki.own('server', 'p256')],
      alpn: { protocols: ['pinata/1'], absent: 'refused' },
      clientAuthentication: { trust: await pki.trust('client', key) },
      ...config,
    });
    const { certificatePath, keyPath } = await pki.leaf('client', key);
    const own = [
      '-cert',
      certificatePath,
      '-key',
      keyPath,
      '-alpn',
      'pinata/1',
      '-CAfile',
      await pki.authorities(['p256']),
    ];
    const to = ['-connect', `127.0.0.1:${port}`, '-servername', serverName, '-verify_return_error'];
    const program = startForTest('openssl', ['s_client', ...to, ...own, ...options]);
    return { engine: await next(), program };
  }

  test('a server that asks for no certificate: nothing of ours goes to it', async () => {
    const { engine } = await toServer([], { demand: false });
    expect((await engine.fault()).reason).toBe('client_auth_not_requested');
    expect(handshakes(engine, 'sent')).toEqual(['client_hello']);
    expect(engine.peer).toBeUndefined();
  });

  const long = Array.from({ length: 20_000 }, (_, index) => `line ${index}`).join('\n');

  test.each([
    ['full records', []],
    ['records of 512 bytes', ['-max_send_frag', '512']],
    ['records padded to 1024', ['-record_padding', '1024']],
  ])('a client that sends 200 KB in %s, and takes as much', async (_, options) => {
    const { engine, program } = await fromClient([...options, '-quiet', '-no_ign_eof'], { paddingMultiple: 256 });
    await engine.established();
    program.write(`${long}\nthe client's end\n`);
    await engine.until('all that it sent', () => engine.text.endsWith("the client's end\n"));
    expect(engine.text).toBe(`${long}\nthe client's end\n`);
    engine.send(`${long}\n`);
    engine.send("the server's end\n");
    await program.until(/the server's end/);
    expect(program.output).toContain(long);
    program.endInput();
    await engine.until('its close_notify', () => engine.event('closed', ({ direction }) => direction === 'received'));
    expect(await program.exited()).toBe(0);
  });

  test.each(['sha256', 'sha384', 'sha512'])('a server whose RSA key signs with PSS and %s', async (hash) => {
    const { engine, program } = await toServer([], {
      key: 'rsa',
      choices: { signatureSchemes: [`rsa_pss_rsae_${hash}`, 'ecdsa_secp256r1_sha256'] },
    });
    await engine.established();
    expect(engine.peer?.path.leaf.publicKey.algorithm).toBe('rsa');
    await says(program, /Shared Signature Algorithms|Signature Algorithms/);
  });

  test.each(['sha256', 'sha384', 'sha512'])('a client whose RSA key signs with PSS and %s', async (hash) => {
    const { engine, program } = await fromClient([], {
      key: 'rsa',
      choices: { signatureSchemes: [`rsa_pss_rsae_${hash}`, 'ecdsa_secp256r1_sha256'] },
    });
    await engine.established();
    await says(program, new RegExp(`Requested Signature Algorithms: RSA-PSS\\+${hash.toUpperCase()}:ECDSA\\+SHA256`));
    expect(engine.peer?.path.leaf.publicKey.algorithm).toBe('rsa');
  });

  test('a client whose certificate came with its issuer, and whose issuer is not ours', async () => {
    const { engine, program } = await fromClient(['-cert_chain', (await pki.authority('ed25519')).certificatePath]);
    await engine.established();
    program.endInput();
    expect(await program.exited()).toBe(0);
  });
});

const says = async (program: PeerProcess, what: RegExp): Promise<void> => void (await program.until(what));
