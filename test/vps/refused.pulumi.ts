import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { destroy, up } from '../../infra/vps/run.ts';
import { cases, type Refused } from './clouds.ts';
import { type Scene, setEachTime } from './scene.ts';

/* What a cloud refuses, while the engine works: one sentence, and what was made before is not made twice. */

const said: Readonly<Record<Refused, RegExp>> = {
  permission: /^\w+ does not allow this with the token in [A-Z_]+: it needs one that may read and write$/,
  throttled: /^\w+ asked us to slow down, and went on asking: run this again in an hour to go on$/,
  limit: /^a limit of your account at \w+ is reached: .* and run this again$/,
  noServer: /^\w+ has no server of this type left in this region: take another, or try again later$/,
  taken: /^a name that is needed is taken at \w+: .* or take another with --name$/,
  volumeLimit: /^a limit of your account at \w+ is reached: .* and run this again$/,
  fault: /^\w+ has a fault of its own: run this again in some minutes to go on$/,
};

/** Which of these each is refused by. */
const servers: readonly Refused[] = ['permission', 'throttled', 'limit', 'noServer', 'fault'];
const volumes: readonly Refused[] = ['taken', 'volumeLimit'];

describe.each(cases)('$provider', ({ open, inputs: inputsAt, makesServer, makesVolume, words }) => {
  let opened: Scene['opened'];
  let here: Scene['here'];
  let inputs: Scene['inputs'];
  setEachTime({ open, inputs: inputsAt }, (scene) => {
    ({ opened, here, inputs } = scene);
  });
  const make = () => up(inputs, { ...here.options, replaceServer: false });
  const none = { servers: 0, addresses: 0, volumes: 0, firewalls: 0 };

  test.each([
    { what: 'a server', request: makesServer, whys: servers },
    { what: 'a volume', request: makesVolume, whys: volumes },
  ])('$what is refused in one sentence, and when it no longer is, there is one of everything', async (refusal) => {
    const { cloud, left, whole } = opened;
    for (const why of refusal.whys) {
      const [status, body] = words[why];
      // Some of these the plugins ask again for by themselves.
      cloud.fail(refusal.request, { status, body }, { times: why === 'throttled' || why === 'fault' ? 20 : 1 });
      const refused = await make().then(
        () => expect.fail(`${why} was no reason`),
        (error: unknown) => error,
      );
      expect(refused, why).toMatchObject({ name: 'Refusal', message: expect.stringMatching(said[why]) });
      cloud.heal();
    }
    expect(left()).toMatchObject(refusal.whys === servers ? { servers: 0, volumes: 1 } : { volumes: 0 });
    const { serverId } = await make();
    expect(left()).toEqual({ servers: 1, addresses: 1, volumes: 1, firewalls: 1 });
    expect(whole(serverId)).toEqual({ runs: true, hasAddress: true, hasVolume: true });
  });

  test('a wrong token, and no way through, are said before anything is begun', async () => {
    const { cloud, left } = opened;
    const wrong = { ...here.options, token: 'f'.repeat(64) };
    const refused = /^\w+ does not know this token: put one that may read and write into [A-Z_]+, and run this again$/;
    await expect(up(inputs, { ...wrong, replaceServer: false })).rejects.toThrow(refused);
    await expect(destroy(inputs, { ...wrong, deleteVolume: true })).rejects.toThrow(refused);
    expect(left()).toEqual(none);
    await cloud.close();
    await expect(up(inputs, { ...here.options, replaceServer: false })).rejects.toThrow(
      /^there is no way through to \w+ \((?:ECONNREFUSED|UND_ERR_SOCKET)\): look at the network, and run this again to go on$/,
    );
  });

  test.skipIf(process.getuid?.() !== 0)('a disk that fills is said, and the run after it goes on', async () => {
    const { left } = opened;
    const { folder } = here.options;
    mkdirSync(folder, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24k', 'tmpfs', folder]);
    try {
      await expect(make()).rejects.toThrow(/^the disk is full: nothing that was written before is lost; make room,/);
      execFileSync('mount', ['-o', 'remount,size=64m', folder]);
      await make();
    } finally {
      execFileSync('umount', [folder]);
    }
    expect(left()).toEqual({ servers: 1, addresses: 1, volumes: 1, firewalls: 1 });
  });
});
