import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { encodeDeployment } from '../../infra/deploy/deployment.ts';
import { challengeCommand } from '../../service/tools/challenge-command.ts';
import { clock, pageDocument } from '../chain/page-scene.ts';
import { said, serve } from '../chain/status-scene.ts';
import { drafted, refundKey } from '../deploy/scene.ts';
import { LivePinata } from '../support/live-pinata.ts';

/*
 * A name that was a piñata's leads to a stranger's now: another piñata, and a status page of its own. Everything that either shows
 * is true of the stranger's wallet, and it is another one.
 */

async function challenged(...words: readonly string[]) {
  const lines: string[] = [];
  const print = (line: string): void => void lines.push(line);
  const style = { width: 100, colour: false, unicode: true };
  const status = await challengeCommand(words, { out: print, err: print, style });
  return { status, text: lines.join('\n') };
}

test('whoever kept a proof, or the file of the deployment, is told that it is another wallet', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-lost-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const kept = join(folder, 'proof.json');

  const own = await LivePinata.start([], false);
  try {
    const first = await challenged(`127.0.0.1:${own.ready.ports.http}`, '--out', kept);
    expect([first.status, first.text]).toEqual([0, expect.stringContaining(own.ready.address)]);
  } finally {
    await own.stop();
  }

  const stranger = await LivePinata.start([], false);
  try {
    const where = `127.0.0.1:${stranger.ready.ports.http}`;
    // By itself there is nothing wrong with it: it proves that it holds its own key.
    expect((await challenged(where)).status).toBe(0);
    const again = await challenged(where, '--earlier', kept);
    expect([again.status, again.text]).toEqual([
      1,
      expect.stringContaining(`it is another wallet than the one seen before, ${own.ready.address}`),
    ]);

    const document = pageDocument(clock(), undefined, { address: stranger.ready.address, wallet: { kind: 'classic' } });
    const url = await serve(() => ({ status: 200, body: JSON.stringify(document) }));
    const deployment = encodeDeployment({
      ...drafted({ host: 'hetzner', refundKey }),
      wallet: { network: 'regtest', address: own.ready.address, kind: 'classic', refundHeight: null },
      status: { bucket: 'b', distribution: 'd', url, poller: 'p' },
      state: 'live',
    });
    writeFileSync(join(folder, 'deployment.json'), deployment);
    const page = await said(['--no-explorers'], { folder });
    expect([page.status, page.out]).toEqual([
      20,
      expect.stringMatching(
        `CONTRADICTION: The page is of ${stranger.ready.address} .*what was asked for is ${own.ready.address} `,
      ),
    ]);
  } finally {
    await stranger.stop();
  }
});
