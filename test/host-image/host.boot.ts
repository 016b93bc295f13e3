import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { names } from '../../infra/build/artefacts.ts';
import { userIds } from '../../infra/host-image/users.ts';
import { encodeRelease, releaseFormat } from '../../service/attest/release.ts';
import { findKey } from './key-search.ts';
import type { Machine } from './machine.ts';
import { archiveOfNextVersion, nextVersion } from './releases.ts';
import { own, type Said, Scene, serving, status } from './scene.ts';

/*
 * The definition on a server: real cloud-init, systemd, nftables and TLS, in systemd-nspawn. Each test goes on with the
 * machine of the one before: attacked, rebooted, replaced.
 */

describe('a host', () => {
  let scene: Scene;
  let machine: Machine;
  let first: Said;

  beforeAll(async () => {
    scene = await Scene.begin();
    machine = scene.boot();
    await machine.said(/btc-pinata: serving on 80, 443, 10000, 10001 and 10002; wallet bcrt1q/);
    first = await serving(machine);
  });
  afterAll(() => scene?.end());

  test('is made of a stock Debian by cloud-init, which had nothing to complain about', () => {
    const { stdout } = machine.attempt('cloud-init', 'status', '--wait', '--long');
    expect(stdout).toMatch(/^status: done$/m);
    expect(machine.console).toContain('is blank: formatted');
    expect(machine.attempt('systemctl', '--failed', '--plain', '--no-legend').stdout).toBe('');
    expect(first.build).toBe(scene.archive.build);
  });

  test('answers on five ports of IPv4 and IPv6, and on no other', () => {
    const sockets = machine.run('ss', '--listening', '--tcp', '--numeric', '--no-header');
    const listening = sockets.split('\n').flatMap((line) => line.split(/\s+/).slice(3, 4));
    const ports = [80, 443, 10_000, 10_001, 10_002];
    expect(new Set(listening)).toEqual(new Set(ports.flatMap((port) => [`0.0.0.0:${port}`, `[::]:${port}`])));
    expect(machine.run('ss', '--listening', '--udp', '--numeric', '--no-header').trim()).toBe('');
  });

  test('answers over IPv6', async () => {
    expect(await status(machine.wire.host.ipv6)).toEqual(first);
  });

  test('is attacked from the Internet on each of its five ports', () => {
    const host = scene.wire.hostOutside.ipv4;
    const web = ['--http-port', '80', '--https-port', '443'];
    for (const [name, at] of [
      ['finished-alone', host],
      ['huge-hello', host],
      ['certificate-in-clear', host],
      ['called-back', host],
      ['called-elsewhere', host],
      ['server-shows-website', host],
      ['not-http', host],
      ['request-smuggling', host],
      ['website-flood', host],
      ['not-tls', `${host}:443`],
      ['huge-hello', `${host}:443`],
      ['old-versions', `${host}:443`],
    ] as const) {
      const { status, stdout, stderr } = scene.command('attack', name, at, ...web);
      expect([name, status, stderr, stdout]).toEqual([name, 0, '', expect.stringMatching(/as (?:it|they) should be/)]);
    }
  });

  test('is short-circuited, called back too, and proves that it holds its key', () => {
    const host = scene.wire.hostOutside.ipv4;
    for (const how of [[], ['--dialback']]) {
      const { status, stdout, stderr } = scene.command('bridge', host, '--http-port', '80', '--json', ...how);
      expect([how, status, stderr]).toEqual([how, 0, '']);
      expect(JSON.parse(stdout)).toMatchObject({ outcome: 'confirmed' });
    }
    const challenged = scene.command('challenge', `${host}:80`);
    expect([challenged.status, challenged.stderr]).toEqual([0, '']);
    expect(challenged.stdout).toContain(first.address);
  });

  test('is verified as far as a host without hardware can be, and what it cannot prove is said', () => {
    const folder = mkdtempSync(join(tmpdir(), 'pinata-release-'));
    try {
      const release = join(folder, 'release.json');
      const { service, build } = scene.archive;
      const verify = (sha256: string) => {
        const outputs = [{ name: names.bundle, bytes: service.length, sha256 }];
        const commit = '00'.repeat(20);
        const text = encodeRelease({
          format: releaseFormat,
          version: '0.0.0-test',
          commit,
          inputs: [],
          outputs,
          measurements: [],
        });
        writeFileSync(release, text);
        return scene.command('verify', `${scene.wire.hostOutside.ipv4}:80`, '--release', release, '--require', 'L1');
      };
      const { status, stdout, stderr } = verify(build);
      expect([status, stderr, stdout]).toEqual([0, '', expect.stringContaining('NOT ATTESTED')]);
      expect(verify('00'.repeat(32)).status).toBe(1);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('lets in who comes to its ports, and nobody to another where somebody listens', async () => {
    machine.run('systemd-run', '--quiet', '--unit=listener', 'python3', '-m', 'http.server', '22');
    await machine.until('listened on 22', 300, () => machine.run('ss', '-ltnH', 'sport = 22').includes(':22'));
    const { ipv4 } = scene.wire.hostOutside;
    const asked = [80, 443, 10_000, 22].map((port) => `0 ${ipv4} ${port}`);
    expect(reached(asked, (script) => scene.outside('python3', '-c', script).stdout)).toEqual([
      ...asked.slice(0, 3).map((line) => `${line} connected`),
      `0 ${ipv4} 22 nothing`,
    ]);
    machine.run('systemctl', 'stop', 'listener.service');
  });

  test('lets out the system for updates, the dialler for calling back, and the service not at all', async () => {
    await scene.stranger(22, 80, 443, 40_001, 40_002);
    const { ipv4 } = scene.wire.stranger;
    const metadata = '169.254.169.254';
    const expected = (user: number, open: readonly string[]): readonly string[] =>
      [
        ...[22, 80, 443, 40_001, 40_002].map((port) => `${ipv4} ${port}`),
        `${metadata} 80`,
        `${metadata} 40001`,
        `${scene.wire.here.ipv4} 80`,
      ].map((where) => `${user} ${where} ${open.includes(where) ? 'connected' : 'nothing'}`);
    const [own80, there] = [`${scene.wire.here.ipv4} 80`, (port: number) => `${ipv4} ${port}`];
    const wanted = [
      ...expected(0, [there(80), there(443), `${metadata} 80`, own80]),
      ...expected(42, [there(80), there(443), own80]), // _apt
      ...expected(1000, []),
      ...expected(userIds.service, []),
      ...expected(userIds.dialler, [there(40_001)]),
    ];
    const asked = wanted.map((line) => line.replace(/ \w+$/, ''));
    expect(reached(asked, (script) => machine.run('python3', '-c', script))).toEqual(wanted);
  });

  test('has nobody who can log in, no swap, no core files, limits of its log, and fetches what is security', () => {
    const shell = (line: string): string => machine.attempt('sh', '-c', line).stdout.trim();
    expect(shell('dpkg -s openssh-server 2>/dev/null | grep "^Status: install"; ls /etc/ssh/ssh_host_*')).toBe('');
    expect(
      shell('systemctl is-enabled ssh.service getty@tty1.service serial-getty@ttyS0.service console-getty.service'),
    ).toBe('masked\nmasked\nmasked\nmasked');
    expect(shell(`awk -F: '$2 !~ /^[!*]/ { print $1 }' /etc/shadow`)).toBe('');
    expect(shell("awk -F: '$3 >= 1000 && $7 !~ /nologin|false/ { print $1 }' /etc/passwd")).toBe('');
    // In nspawn the swap is that of the machine below.
    expect(shell('systemctl is-enabled swap.target; grep swap /etc/fstab')).toBe('masked');
    expect(shell('systemctl show --property=DefaultLimitCORE')).toBe('DefaultLimitCORE=0');
    expect(shell('grep -c = /etc/systemd/journald.conf.d/80-btc-pinata.conf')).toBe('8');
    const apt = shell('apt-config dump');
    expect(apt).toContain('APT::Periodic::Unattended-Upgrade "1";');
    expect(apt.match(/^Unattended-Upgrade::Origins-Pattern:: .*$/gm)).toEqual([
      expect.stringMatching(/"origin=Debian,codename=\S+-security,label=Debian-Security";$/),
    ]);
    expect(shell('systemctl is-enabled apt-daily-upgrade.timer nftables.service systemd-timesyncd.service')).toBe(
      'enabled\nenabled\nenabled',
    );
  });

  test('has units that systemd calls hardened', () => {
    for (const [unit, threshold] of [
      ['btc-pinata.service', 15],
      ['btc-pinata-dialler.service', 20],
    ] as const) {
      const { status, stderr } = machine.attempt('systemd-analyze', 'security', `--threshold=${threshold}`, unit);
      expect([unit, status, stderr]).toEqual([unit, 0, '']);
    }
  });

  test('gives a winner of code execution the key, and nothing else', async () => {
    expect(await probed(machine, scene.wire.stranger.ipv4)).toEqual({
      // What hangs in the piñata. Nobody can keep it from whoever runs code there.
      'the passphrase, which it was given': 'read',
      'the sealed key, which it was given': 'read',
      'the sealed passphrase on the volume': 'EACCES',
      'the secret that it is sealed with': 'EACCES',
      '/etc/shadow': 'EACCES',
      'the user-data': 'EACCES',
      'the journal': 'EACCES',
      'the scripts of the host': 'EACCES',
      'writing to its program': 'EROFS',
      'writing to the system': 'EROFS',
      'writing to its data': 'done',
      'a shell': 'EPERM',
      'a shell by the loader': 'EPERM',
      'a program of its own': 'EPERM',
      'signals to process 1': 'EPERM',
      'processes of others': 0,
      'memory of process 1': 'ENOENT',
      'a device': 'ENOENT',
      'a socket to the Internet': 'EAFNOSUPPORT',
      'a datagram': 'EAFNOSUPPORT',
      'the metadata': 'EAFNOSUPPORT',
      'the bus of the system': 'ENOENT',
      "systemd's own socket": 'ENOENT',
      'the socket of the dialler': 'connected',
    });
  });

  test('has its key in memory alone: no file, no journal and no user-data has any form of it', () => {
    expect(findKey(machine)).toEqual({ passphrase: ['/run/btc-pinata-secrets/passphrase'], key: [], planted: true });
  });

  test('starts the service again, whatever ended it', async () => {
    for (const end of [
      // A machine that was resumed: the service ends with status 75.
      ['sh', '-c', 'mkdir -p /run/btc-pinata && echo other >/run/btc-pinata/vm-generation'],
      ['systemctl', 'kill', '--signal=KILL', 'btc-pinata.service'],
    ] as const) {
      const before = await serving(machine);
      machine.run(end[0], ...end.slice(1));
      await machine.until('had new authorities', 300, async () => {
        const now = await status(machine.wire.host.ipv4);
        return now !== undefined && now.caSha256 !== before.caSha256;
      });
      expect((await serving(machine)).address).toBe(first.address);
    }
    expect(machine.run('journalctl', '--unit=btc-pinata.service', '--output=cat')).toContain('status=75');
  });

  test('has the same key and other authorities after a reboot', async () => {
    const before = await serving(machine);
    await machine.reboot();
    const after = await serving(machine);
    expect(after).toEqual({ ...before, caSha256: expect.not.stringMatching(before.caSha256) });
  });

  test('has the same key on a new server with the old volume, where another release runs', async () => {
    await machine.destroy();
    const next = await archiveOfNextVersion(scene.archive);
    machine = scene.boot({ hostNames: ['pinata.example'], release: scene.offer(next) });
    const after = await serving(machine);
    expect(after.address).toBe(first.address);
    expect(after.caSha256).not.toBe(first.caSha256);
    // What the new server says of itself is the file that it fetched, and no longer the old one's.
    expect(after).toMatchObject({ build: next.build, version: nextVersion });
    expect(after.build).not.toBe(first.build);
    expect(machine.console).not.toContain('formatted');
    expect(machine.run('cat', '/etc/machine-id')).not.toBe('');
  });
});

/** What came of each line of `UID ADDRESS PORT`. */
const reached = (lines: readonly string[], python: (script: string) => string): readonly string[] =>
  python(own('reach.py').replace('sys.stdin.read()', JSON.stringify(lines.join('\n'))))
    .trim()
    .split('\n');

/** The unit of the service with another program in it. */
async function probed(machine: Machine, stranger: string): Promise<unknown> {
  const script = [
    'umask 022',
    `cat >/usr/lib/btc-pinata/program/probe.cjs <<'EOF'\n${own('probe.cjs')}\nEOF`,
    'cd /etc/systemd/system',
    'mkdir -p probe.service.d',
    'cp btc-pinata.service.d/host.conf probe.service.d/host.conf',
    `sed 's#^ExecStart=.*#ExecStart=/usr/lib/btc-pinata/node /program/probe.cjs ${stranger}#; /^Sockets=/d; /^Restart=/d' btc-pinata.service >probe.service`,
    `sed --in-place 's/^Restart=always/Restart=no/' probe.service.d/host.conf`,
    'systemctl daemon-reload',
    'systemctl start probe.service',
  ].join('\n');
  machine.run('sh', '-ec', script);
  let line: string | undefined;
  await machine.until('ran the probe', 300, () => {
    const journal = machine.run('journalctl', '--unit=probe.service', '--output=cat');
    line = journal.split('\n').find((text) => text.startsWith('probe {'));
    return line !== undefined;
  });
  machine.run(
    'rm',
    '-r',
    '/etc/systemd/system/probe.service',
    '/etc/systemd/system/probe.service.d',
    '/usr/lib/btc-pinata/program/probe.cjs',
  );
  machine.run('systemctl', 'daemon-reload');
  return JSON.parse((line ?? '').slice('probe '.length));
}
