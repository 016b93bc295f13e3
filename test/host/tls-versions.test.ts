import { once } from 'node:events';
import { connect } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import { liveService } from './live-service.ts';
import { dial, join } from './relay.ts';

/* `--tls` and its kin in a running service, and what bridges and visitors make of it. */

const versions = ['1.2', '1.3'] as const;
type Version = (typeof versions)[number];

/** The version a visitor of the page gets that offers these, or the error its TLS stack ends with. */
async function visit(port: number, [oldest, newest]: readonly [Version, Version]): Promise<string> {
  const socket = connect({
    host: '127.0.0.1',
    port,
    rejectUnauthorized: false,
    minVersion: `TLSv${oldest}`,
    maxVersion: `TLSv${newest}`,
  });
  onTestFinished(() => void socket.destroy());
  try {
    await once(socket, 'secureConnect');
    return socket.getProtocol() ?? 'none';
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  }
}

async function bridge(ports: Readonly<Record<'reverse' | 'server', number>>): Promise<void> {
  const [client, server] = [await dial(ports.reverse), await dial(ports.server)];
  onTestFinished(() => {
    client.destroy();
    server.destroy();
  });
  await join(client, server);
}

describe.each(versions)('--tls %s', (version) => {
  const other = version === '1.2' ? '1.3' : '1.2';

  test('the page speaks it, and nothing else', async () => {
    const { service } = await liveService(['--tls', version]);
    const { https } = service.ports;
    expect(await visit(https, ['1.2', '1.3'])).toBe(`TLSv${version}`);
    expect(await visit(https, [version, version])).toBe(`TLSv${version}`);
    expect(await visit(https, [other, other])).toBe('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION');
  });

  test('a bridge is a short-circuit at both ends', async () => {
    const live = await liveService(['--tls', version]);
    await bridge(live.service.ports);
    await live.counted('success.short_circuit', 2);
    expect((await live.status()).successes).toMatchObject({ paired: 2, unpaired: 0 });
  });
});

describe('one role of its own', () => {
  test.each([
    ['--tls-server', '1.2'],
    ['--tls-client', '1.2'],
    ['--tls-server', '1.3'],
    ['--tls-client', '1.3'],
  ])('%s %s, and both beside it: the bridge is a short-circuit', async (flag, version) => {
    const live = await liveService([flag, version]);
    await bridge(live.service.ports);
    await live.counted('success.short_circuit', 2);
  });

  test.each([
    ['1.3', '1.2'],
    ['1.2', '1.3'],
  ])('a server of %s and a client of %s have no version in common', async (server, client) => {
    const live = await liveService(['--tls-server', server, '--tls-client', client]);
    await bridge(live.service.ports);
    await live.counted('version.unsupported', 1);
    await live.counted('alert.received', 1);
    expect((await live.status()).successes).toMatchObject({ paired: 0, unpaired: 0 });
  });

  test('--tls-website is for the page alone', async () => {
    const live = await liveService(['--tls', '1.3', '--tls-website', '1.2']);
    expect(await visit(live.service.ports.https, ['1.2', '1.3'])).toBe('TLSv1.2');
    await bridge(live.service.ports);
    await live.counted('success.short_circuit', 2);
  });
});
