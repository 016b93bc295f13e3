import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { credential, hears, Runner, shim, shimId } from './runner-side.ts';

/* The contract between the shim and BoringSSL's runner, without the runner: flags, id, echo, exit status. */

const flipped = (text: string): Buffer => Buffer.from(Buffer.from(text).map((byte) => byte ^ 0xff));

describe('without a connection', () => {
  it('there is no handshaker', async () => {
    expect(await shim('-is-handshaker-supported')).toEqual({ status: 0, stdout: 'No\n', stderr: '' });
  });

  it.each([
    ['a flag that nobody knows', ['-sing-along']],
    ['DTLS', ['-dtls']],
    ['no version of ours', ['-max-version', '770']],
    ['a group that is not ours', ['-curves', '25']],
    ['a server without a certificate', ['-server']],
    ['resumption', ['-resume-count', '1']],
    ['a number that is none', ['-port', 'http']],
  ])('%s is 89', async (_, flags) => {
    const ended = await shim(...flags);
    expect(ended).toMatchObject({ status: 89, stdout: '' });
    expect(ended.stderr).toMatch(/^not implemented: /);
  });
});

describe('as client', () => {
  it('says its id, echoes what it hears with every bit flipped, and ends well', async () => {
    const runner = await Runner.starts('-expect-version', '772', '-expect-curve-id', '29', '-curves', '29');
    const { id, socket } = await runner.accepts();
    expect(id).toBe(shimId);
    socket.destroy();
    expect((await runner.ended).status).toBe(1);

    const again = await Runner.starts('-expect-version', '772', '-expect-curve-id', '29', '-curves', '29');
    const tls = await again.acceptsServer(credential('serverAuth', 'P-256'));
    tls.write('ping');
    expect(await hears(tls, 4)).toEqual(flipped('ping'));
    tls.end();
    expect(await again.ended).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it('shows its certificate, and offers the protocols it was told', async () => {
    const mine = credential('clientAuth', 'ed25519');
    const runner = await Runner.starts(...mine.flags, '-advertise-alpn', '\x03foo\x03bar', '-expect-alpn', 'bar');
    const theirs = credential('serverAuth', 'P-384');
    const tls = await runner.acceptsServer({ ...theirs, requestCert: true, ALPNProtocols: ['bar'] });
    tls.write('x');
    await hears(tls, 1);
    expect(tls.getPeerX509Certificate()?.toString().replaceAll('\r', '')).toBe(mine.cert);
    tls.end();
    expect((await runner.ended).status).toBe(0);
  });

  it('writes first, and shuts down first, if it is told so', async () => {
    const runner = await Runner.starts('-shim-writes-first', '-shim-shuts-down', '-check-close-notify');
    const tls = await runner.acceptsServer(credential('serverAuth', 'P-256'));
    expect((await hears(tls, 5)).toString()).toBe('hello');
    tls.resume();
    await once(tls, 'end');
    tls.end();
    expect((await runner.ended).status).toBe(0);
  });

  it('takes keying material between two reads, and passes over what changes nothing here', async () => {
    const flags = [
      '-use-exporter-between-reads',
      '-peek-then-read',
      '-use-early-callback',
      '-allow-hint-mismatch',
      'x',
    ];
    const runner = await Runner.starts(...flags);
    const tls = await runner.acceptsServer(credential('serverAuth', 'P-256'));
    tls.write('x');
    expect(await hears(tls, 1)).toEqual(flipped('x'));
    tls.end();
    expect((await runner.ended).status).toBe(0);
  });

  it('misses a close_notify that it was to look for', async () => {
    const runner = await Runner.starts('-check-close-notify');
    const { socket } = await runner.accepts();
    const { TLSSocket } = await import('node:tls');
    const tls = new TLSSocket(socket, { isServer: true, ...credential('serverAuth', 'P-256') });
    tls.on('error', () => undefined);
    tls.write('x');
    await hears(tls, 1);
    socket.destroy();
    const ended = await runner.ended;
    expect(ended.status).toBe(1);
    expect(ended.stderr).toContain('Unexpected SSL_shutdown result');
  });

  it('refuses a certificate when it is told to, under BoringSSL’s name and with an alert', async () => {
    const runner = await Runner.starts('-verify-fail', '-max-version', '771');
    const tls = await runner.acceptsServer(credential('serverAuth', 'P-256'));
    const [error]: { code?: string }[] = await once(tls, 'error').catch((thrown: unknown) => [thrown as object]);
    expect(error?.code).toBe('ERR_SSL_TLSV1_ALERT_UNKNOWN_CA');
    const ended = await runner.ended;
    expect(ended.status).toBe(1);
    expect(ended.stderr).toMatch(/^:CERTIFICATE_VERIFY_FAILED: /);
  });

  it('names what is no TLS', async () => {
    const runner = await Runner.starts();
    const { socket } = await runner.accepts();
    socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    socket.resume();
    const ended = await runner.ended;
    expect(ended.status).toBe(1);
    expect(ended.stderr).toMatch(/^:WRONG_VERSION_NUMBER: /);
  });

  it('comes again for each connection that is to be one of its own', async () => {
    const runner = await Runner.starts('-resume-count', '1', '-expect-session-miss');
    for (let connection = 0; connection < 2; connection++) {
      const tls = await runner.acceptsServer(credential('serverAuth', 'P-256'));
      tls.write('x');
      expect(await hears(tls, 1)).toEqual(flipped('x'));
      tls.end();
    }
    expect((await runner.ended).status).toBe(0);
  });
});

describe('as server', () => {
  it.each(['P-256', 'P-384', 'ed25519'] as const)(
    'of TLS 1.2 with a %s key, to a client with a certificate',
    async (type) => {
      const mine = credential('serverAuth', type);
      const runner = await Runner.starts(
        '-server',
        ...mine.flags,
        '-require-any-client-certificate',
        '-max-version',
        '771',
      );
      const tls = await runner.acceptsClient(credential('clientAuth', 'P-256'));
      tls.write('ping');
      expect(await hears(tls, 4)).toEqual(flipped('ping'));
      expect(tls.getProtocol()).toBe('TLSv1.2');
      tls.end();
      expect(await runner.ended).toMatchObject({ status: 0, stderr: '' });
    },
  );

  it('of several certificates shows the first that the client takes', async () => {
    const [first, second] = [credential('serverAuth', 'ed25519'), credential('serverAuth', 'P-256')];
    const flags = [...second.flags, '-new-x509-credential', ...first.flags, '-expect-selected-credential'];
    for (const [index, sigalgs] of [
      ['0', 'ed25519:ecdsa_secp256r1_sha256'],
      ['-1', 'ecdsa_secp256r1_sha256'],
    ] as const) {
      const runner = await Runner.starts('-server', ...flags, index);
      const tls = await runner.acceptsClient({ sigalgs });
      tls.end('x');
      expect(await runner.ended).toMatchObject({ status: 0, stderr: '' });
    }
  });

  it('wants a certificate where it demands one', async () => {
    const mine = credential('serverAuth', 'P-256');
    const runner = await Runner.starts('-server', ...mine.flags, '-require-any-client-certificate');
    await runner.acceptsClient({});
    const ended = await runner.ended;
    expect(ended.status).toBe(1);
    expect(ended.stderr).toMatch(/^:PEER_DID_NOT_RETURN_A_CERTIFICATE: /);
  });

  it('exports keying material', async () => {
    const mine = credential('serverAuth', 'P-256');
    const flags = ['-export-keying-material', '32', '-export-label', 'label', '-export-context', 'context'];
    const runner = await Runner.starts('-server', ...mine.flags, ...flags, '-use-export-context');
    const tls = await runner.acceptsClient({});
    const exported = await hears(tls, 32);
    expect(exported).toEqual(tls.exportKeyingMaterial(32, 'label', Buffer.from('context')));
    tls.end();
    expect((await runner.ended).status).toBe(0);
  });

  it('is disappointed by another version than it was to see', async () => {
    const mine = credential('serverAuth', 'P-256');
    const runner = await Runner.starts('-server', ...mine.flags, '-expect-version', '771');
    await runner.acceptsClient({});
    const ended = await runner.ended;
    expect(ended).toMatchObject({ status: 1, stderr: 'version: got 772, wanted 771\n' });
  });
});

describe('config.json', () => {
  const config: { DisabledTests: Record<string, string>; ErrorMap: Record<string, readonly string[]> } = JSON.parse(
    readFileSync(join(import.meta.dirname, 'config.json'), 'utf8'),
  );

  it('gives a whole sentence as the reason for each test that does not run', () => {
    const reasons = Object.entries(config.DisabledTests);
    expect(reasons.length).toBeGreaterThan(20);
    expect(reasons.filter(([, reason]) => !/^[\w-].{15,}\.$/.test(reason))).toEqual([]);
    expect(reasons.filter(([, reason]) => /todo|to be fixed|later|fix ?me/i.test(reason))).toEqual([]);
  });

  it('maps each error to itself first: what is listed beside it is what we call it', () => {
    for (const [name, ours] of Object.entries(config.ErrorMap)) {
      expect(ours[0]).toBe(name);
      expect(new Set(ours).size).toBe(ours.length);
    }
  });
});
