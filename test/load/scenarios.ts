import { writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { AttackName } from './attacks.ts';
import { clockFile, clockLibrary } from './fake-clock.ts';
import { smallDisk } from './small-disk.ts';
import type { Target, TargetOptions } from './target.ts';

/* Who comes, how many of them, and what the machine is like. */

export interface Scenario {
  readonly name: string;
  readonly title: string;
  readonly attacks: readonly { readonly name: AttackName; readonly amount: number }[];
  readonly seconds: number;
  /** Made before the target starts; what it gives back is called when all is over. */
  readonly prepare?: () => { readonly target: TargetOptions; readonly done?: () => void };
  readonly target?: TargetOptions;
  /** Goes on beside the attacks. Rejects where something is not as it has to be. */
  readonly during?: (target: Target, signal: AbortSignal) => Promise<void>;
  /** Why honest visitors may fare worse than 99 of 100 here; they are counted all the same. */
  readonly excuse?: string;
}

/** By two processes, neither of which may have descriptors for all. */
const twice = <T>(attack: T): readonly T[] => [attack, attack];

/** The unit's MemoryMax=, which its places follow from. */
const unit = { mebibytes: 320 } as const;

export const scenarios: readonly Scenario[] = [
  {
    name: 'quiet',
    title: 'nobody but honest visitors',
    attacks: [],
    seconds: 20,
    target: unit,
  },
  {
    name: 'idle',
    title: '20 000 connections that say nothing, where there is room for them',
    attacks: twice({ name: 'idle', amount: 10_000 }),
    seconds: 40,
    target: {
      flags: ['--connections', '24000', '--connections-per-prefix', '2000', '--handshake-seconds', '600'],
    },
  },
  {
    name: 'idle-320',
    title: '20 000 connections that say nothing, in 320 MiB',
    attacks: twice({ name: 'idle', amount: 10_000 }),
    seconds: 40,
    target: unit,
  },
  {
    name: 'slow-loris',
    title: 'a byte in half a second, 100 at each of the five doors',
    attacks: [{ name: 'slow-loris', amount: 100 }],
    seconds: 30,
    target: unit,
  },
  {
    name: 'hello-hybrid',
    title: '300 hellos a second that ask for X25519MLKEM768',
    attacks: [{ name: 'hello-hybrid', amount: 300 }],
    seconds: 30,
    target: unit,
  },
  {
    name: 'hello-p384',
    title: '300 hellos a second that ask for P-384',
    attacks: [{ name: 'hello-p384', amount: 300 }],
    seconds: 30,
    target: unit,
  },
  {
    name: 'certificate-bombs',
    title: 'sixteen at once with ten certificates, a hundred names, or RSA of 4096 bits',
    attacks: [{ name: 'certificate-bombs', amount: 16 }],
    seconds: 30,
    target: unit,
  },
  {
    name: 'alert-flood',
    title: 'alerts without end, on 50 connections',
    attacks: [{ name: 'alert-flood', amount: 50 }],
    seconds: 30,
    target: unit,
  },
  {
    name: 'resets',
    title: '500 connections a second that break off or stay half-open',
    attacks: [{ name: 'resets', amount: 500 }],
    seconds: 30,
    target: unit,
  },
  {
    name: 'dial-back',
    title: '200 calls a second to be called back, by 64 prefixes that then say nothing',
    attacks: [{ name: 'dial-back', amount: 200 }],
    seconds: 30,
    target: unit,
  },
  {
    name: 'challenges',
    title: '300 challenges a second',
    attacks: [{ name: 'challenges', amount: 300 }],
    seconds: 30,
    target: unit,
  },
  {
    name: 'http-flood',
    title: '32 readers who never stop, of the dearest pages',
    attacks: [{ name: 'http-flood', amount: 32 }],
    seconds: 30,
    target: unit,
  },
  {
    name: 'full-disk',
    title: '1000 attempts a second, onto a disk that is full after some seconds',
    attacks: [{ name: 'garbage', amount: 1000 }],
    seconds: 40,
    prepare: () => {
      const disk = smallDisk(24);
      return {
        target: { ...unit, flags: ['--data', disk.folder, '--traces-per-second', '100000'] },
        done: disk.remove,
      };
    },
  },
  {
    name: 'descriptors',
    title: '2000 connections where there are 300 descriptors',
    attacks: [{ name: 'idle', amount: 2000 }],
    seconds: 40,
    target: { ...unit, descriptors: 300 },
  },
  {
    name: 'clock',
    title: 'a clock that jumps 50 s forth, a day back, and 50 s forth again',
    attacks: [{ name: 'garbage', amount: 50 }],
    seconds: 30,
    prepare: () => {
      const clock = clockFile();
      return { target: { ...unit, environment: { ...clockLibrary, FAKETIME_TIMESTAMP_FILE: clock } } };
    },
    during: async (target, signal) => {
      const clock = clockFile();
      for (const jump of ['+50', '-86400', '-86350']) {
        writeFileSync(clock, jump);
        await pause(8000, undefined, { signal }).catch(() => undefined);
        const { uptime } = await target.status();
        if (!(uptime >= 0)) throw new Error(`an uptime of ${uptime} s after a jump of ${jump} s`);
      }
    },
  },
];

/** Everything at once, each with little, for as many minutes as are asked for. */
export const soak = (minutes: number): Scenario => ({
  name: 'soak',
  title: `everything at once for ${minutes} minutes`,
  attacks: [
    { name: 'slow-loris', amount: 5 },
    { name: 'hello-hybrid', amount: 10 },
    { name: 'hello-p384', amount: 5 },
    { name: 'certificate-bombs', amount: 1 },
    { name: 'alert-flood', amount: 2 },
    { name: 'resets', amount: 20 },
    { name: 'dial-back', amount: 2 },
    { name: 'challenges', amount: 10 },
    { name: 'http-flood', amount: 1 },
    { name: 'garbage', amount: 50 },
  ],
  seconds: minutes * 60,
  target: unit,
});
