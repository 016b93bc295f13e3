import { describe, expect, test } from 'vitest';
import { eventually } from '../host/relay.ts';
import { LookNow } from '../nodes/look-now.ts';
import { required } from '../support/required.ts';
import { TwoNodes } from './wallet-chain.ts';
import { Scene, verbJson } from './wallet-scene.ts';

/* What everybody reads, on the pages of the services themselves, of two wallets that are funded, broken into and swept. */

const litecoind = required.tool('litecoind');

/** BIP-173's example. */
const winner = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';

interface Told {
  readonly verdict: string;
  readonly title: string;
}

describe.skipIf(litecoind.missing)('the page and /status.json', () => {
  test('say of a vault and of a classic wallet that it is unfunded, live, and who has taken it', async () => {
    await using nodes = await TwoNodes.start();
    await using hints = await LookNow.start();
    const chain = [...nodes.urls, hints.url].flatMap((url) => ['--chain', url]);
    await using vault = await Scene.startVault(5000, chain);
    await using classic = await Scene.start(chain);
    const scenes = [vault, classic] as const;

    /**
     * Once every page says so; a source is asked again ten seconds after the last time at the earliest. Hints come all the
     * time: they bring a look forward, and put none off.
     */
    const say = (...verdicts: readonly [string, string]) =>
      Promise.all(
        scenes.map((scene, index) =>
          eventually(
            async () => {
              hints.say();
              const { chain: told }: { readonly chain: Told } = JSON.parse(await scene.page('/status.json'));
              return { ...told, shown: (await scene.page('/')).includes(told.title) };
            },
            ({ verdict, shown }) => verdict === verdicts[index] && shown,
            180_000,
          ),
        ),
      );
    await say('unfunded', 'unfunded');
    for (const { address } of scenes) await nodes.a.send(address, 40_000_000);
    await nodes.a.mine();
    await nodes.a.connect(nodes.b);
    await say('live', 'live');

    const words = ['--to', winner, '--chain', nodes.urls[0], '--fee-rate', '5', '--broadcast'];
    const claims = await Promise.all(scenes.map(async (scene) => verbJson('claim', await scene.breakIn(), ...words)));
    expect(claims).toMatchObject(scenes.map(({ address }) => ({ from: address, sent: true })));
    await nodes.a.mine(6);
    await nodes.a.connect(nodes.b);
    await say('claimed', 'spent');
  });
});
