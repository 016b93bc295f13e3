import { afterEach, describe, expect, test } from 'vitest';
import { Scene, status } from './scene.ts';
import { Volume } from './volume.ts';

/* What a host does not start with. */

describe('a host refuses', () => {
  let scene: Scene | undefined;
  afterEach(() => scene?.end());

  test('a release that is not the one that was asked for, and a volume that is not blank, and says so', async () => {
    // Somebody's partition table, or anything else.
    const theirs = new Volume(new Uint8Array(4096).fill(0x5a));
    scene = await Scene.begin(theirs);
    const { url } = scene.definition().release;
    const machine = scene.boot({ release: { url, sha256: 'ab'.repeat(32) } });
    await machine.said(
      `REFUSED: what is at ${url} has SHA-256 ${scene.archive.sha256}, and ${'ab'.repeat(32)} was asked for`,
    );
    await machine.until(
      'gave up',
      60,
      () => machine.attempt('systemctl', 'is-failed', 'btc-pinata-install.service').status === 0,
    );
    expect(machine.run('ls', '/usr/lib/btc-pinata')).toBe('program\n');
    expect(machine.run('ls', '/usr/lib/btc-pinata/program')).toBe('');
    expect(machine.run('systemctl', 'show', '--property=NRestarts', 'btc-pinata-install.service')).toBe(
      'NRestarts=0\n',
    );
    expect(await status(machine.wire.host.ipv4)).toBeUndefined();

    const volume = machine.attempt('env', `VOLUME_PATTERNS=${theirs.device}`, 'sh', '/etc/btc-pinata/volume.sh');
    expect([volume.status, volume.stdout]).toEqual([1, expect.stringContaining('is not blank. It is left alone')]);
    const nowhere = machine.attempt('env', 'VOLUME_PATTERNS=/dev/nowhere*', 'sh', '/etc/btc-pinata/volume.sh');
    expect([nowhere.status, nowhere.stdout]).toEqual([1, expect.stringContaining('waiting for one to be attached')]);
  });
});
