import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, test, vi } from 'vitest';
import type { VpsInputs } from '../../infra/vps/inputs.ts';
import { destroy, up } from '../../infra/vps/run.ts';
import { type Case, otherUserData } from './clouds.ts';
import { type Scene, setEachTime } from './scene.ts';

/*
 * Killed at each request that changes anything, when the cloud has done it and before whoever asked for it hears of it; and run
 * again: nothing is doubled, and nothing is lost.
 */

/** Out of the engine's lock, which it holds while it works; undefined where it does not. */
function enginePid(folder: string): number | undefined {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const name = names.find((path) => path.startsWith('.pulumi/locks/') && path.endsWith('.json'));
  if (name === undefined) return undefined;
  return v.parse(v.object({ pid: v.number() }), JSON.parse(readFileSync(join(folder, name), 'utf8'))).pid;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** The tests of one cloud: each has a file of its own, so that both are run at once. */
export function killedRuns({ provider, open, inputs: inputsAt, makesAddress, hasStrangeAddresses }: Case): void {
  describe(provider, () => {
    let opened: Scene['opened'];
    let here: Scene['here'];
    let inputs: Scene['inputs'];
    setEachTime({ open, inputs: inputsAt }, (scene) => {
      ({ opened, here, inputs } = scene);
    });
    const one = { servers: 1, addresses: 1, volumes: 1, firewalls: 1 };
    const none = { servers: 0, addresses: 0, volumes: 0, firewalls: 0 };

    /** Runs `verb` in a process of its own, until the cloud has done its `request` number `after`; false: it has not so many. */
    async function killed(
      verb: 'up' | 'destroy',
      given: VpsInputs,
      after: number,
      request = /^(POST|PUT|DELETE) /,
    ): Promise<boolean> {
      const { struck } = opened.cloud.fail(request, 'hang', { after });
      const more = verb === 'up' ? { replaceServer: true } : { deleteVolume: true };
      const options = { ...here.options, onEvent: undefined, ...more };
      const child = spawn(
        process.execPath,
        [join(import.meta.dirname, 'run-killed.ts'), JSON.stringify({ verb, inputs: given, options })],
        { stdio: ['ignore', 'ignore', 'inherit'] },
      );
      const exit = once(child, 'exit').then(([code]) => Number(code));
      const ended = await Promise.race([struck.then(() => undefined), exit]);
      opened.cloud.heal();
      if (ended !== undefined) {
        expect(ended).toBe(0);
        return false;
      }
      // The engine is in a group of its own, and would go on.
      const engine = enginePid(here.options.folder);
      child.kill('SIGKILL');
      await exit;
      if (engine !== undefined) {
        process.kill(engine, 'SIGKILL');
        await vi.waitUntil(() => !isAlive(engine), { timeout: 60_000, interval: 50 });
      }
      return true;
    }

    const removed = () => destroy(inputs, { ...here.options, deleteVolume: true });

    test('while it is made', async () => {
      const { left, whole, tags } = opened;
      for (let after = 0; await killed('up', inputs, after); after += 1) {
        const { serverId } = await up(inputs, { ...here.options, replaceServer: false });
        expect([after, left(), whole(serverId)]).toEqual([
          after,
          one,
          { runs: true, hasAddress: true, hasVolume: true },
        ]);
        expect(await removed()).toEqual({ kept: [] });
        expect([after, left(), tags()]).toEqual([after, none, 0]);
      }
      expect(left()).toEqual(one);
    });

    test('while it is made, and destroyed then', async () => {
      const { left, tags } = opened;
      const stranger = opened.addStrangeAddress();
      const others = { ...none, addresses: stranger === undefined ? 0 : 1 };
      for (let after = 0; await killed('up', inputs, after); after += 1) {
        expect(await removed()).toEqual({ kept: [] });
        expect([after, left(), tags()]).toEqual([after, others, 0]);
      }
    });

    if (hasStrangeAddresses) {
      test("while its address is made, and somebody else's is made meanwhile", async () => {
        const { left, whole, tags, cloud } = opened;
        expect(await killed('up', inputs, 0, makesAddress)).toBe(true);
        const stranger = opened.addStrangeAddress() ?? '';
        const asked = cloud.log.length;
        const again = () => up(inputs, { ...here.options, replaceServer: false });
        for (const run of [again, removed]) {
          const refused = await run().then(
            () => expect.fail('it was not asked whose it is'),
            (error: Error) => error,
          );
          const { message, cause } = refused;
          expect(message, String(cause)).toMatch(/^the run that was interrupted may have made one of the addresses /);
          expect(message).toContain(stranger);
        }
        // What the plugin had begun when its engine was killed may come in late; nothing of it is about an address.
        const touched = cloud.log.slice(asked).filter((line) => /^DELETE |reserved_ips/.test(line));
        expect([left().addresses, touched]).toEqual([2, []]);
        opened.dropAddressesBut(stranger);
        const { serverId, address } = await again();
        expect(address).not.toBe(stranger);
        expect(left()).toEqual({ ...one, addresses: 2 });
        expect(whole(serverId)).toMatchObject({ runs: true, hasVolume: true });
        expect(await removed()).toEqual({ kept: [] });
        expect([left(), tags()]).toEqual([{ ...none, addresses: 1 }, 0]);
      });
    }

    test('while it is upgraded', async () => {
      const { left, whole } = opened;
      const first = await up(inputs, { ...here.options, replaceServer: false });
      const kept = { address: first.address, addressId: first.addressId, volumeId: first.volumeId };
      let upgraded = inputs;
      for (let after = 0; ; after += 1) {
        upgraded = { ...inputs, userData: `${otherUserData}# ${after}\n` };
        if (!(await killed('up', upgraded, after))) break;
        const outputs = await up(upgraded, { ...here.options, replaceServer: true });
        expect(outputs).toMatchObject(kept);
        expect([after, left(), whole(outputs.serverId)]).toEqual([
          after,
          one,
          { runs: true, hasAddress: true, hasVolume: true },
        ]);
      }
      expect(left()).toEqual(one);
    });

    test('while it is destroyed', async () => {
      const { left, tags } = opened;
      for (let after = 0; ; after += 1) {
        await up(inputs, { ...here.options, replaceServer: false });
        const isKilled = await killed('destroy', inputs, after);
        if (isKilled) expect(await removed()).toEqual({ kept: [] });
        expect([after, left(), tags()]).toEqual([after, none, 0]);
        if (!isKilled) break;
      }
    });
  });
}
