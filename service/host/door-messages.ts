import type { PublicWallet } from '../bitcoin/index.ts';
import type { HandedGeneration } from '../bounty/handed-generation.ts';
import type { HandshakeStage, PortKey, ReleaseKind } from '../trace/index.ts';
import type { AttemptText } from './attempt-text.ts';
import type { DoorMemory } from './door-memory.ts';
import type { InheritedSocket, OpenDoor, PortNumbers } from './listeners.ts';
import type { LogValue } from './log.ts';
import type { Configuration } from './settings.ts';
import type { AllowanceMemory } from './shared-allowance.ts';
import type { ClientPort, Ended } from './visit.ts';

/*
 * What goes between the thread that has the page and those that receive the bounty's connections. Nothing that decides about a
 * release goes this way: that is in memory which all of them see, before a flight leaves.
 */

/** What a thread begins with. */
export interface DoorTask {
  readonly format: typeof doorTaskFormat;
  readonly bait: ThreadBait;
  readonly configuration: Configuration;
  readonly allowPrivateDialback: boolean;
  readonly memory: DoorMemory;
  /** How many attempts are written down, by all threads together. */
  readonly recording: AllowanceMemory;
  /** Of what this thread told, how much was heard: one Int32, which wraps around. */
  readonly heard: SharedArrayBuffer;
  /** Of the clock that never goes back, in milliseconds of the system's own. */
  readonly clockOrigin: number;
  readonly generation: HandedGeneration;
}

export const doorTaskFormat = 'btc-pinata/doors/v1';

/** What main.ts makes the bait of in a thread: the buffer that the key is in, which is the same one everywhere. */
export interface ThreadBait {
  readonly secret: SharedArrayBuffer;
  readonly wallet: PublicWallet;
}

export interface DoorListenRequest {
  readonly doors: readonly PortKey[];
  readonly addresses: readonly string[];
  readonly ports: PortNumbers;
  readonly inherited: readonly InheritedSocket[];
}

/** Each that has a number is answered under it. */
export type DoorOrder =
  | { readonly type: 'listen'; readonly call: number; readonly request: DoorListenRequest }
  | { readonly type: 'unlisten'; readonly call: number }
  | { readonly type: 'prepare'; readonly call: number; readonly generation: HandedGeneration }
  | { readonly type: 'adopt' }
  | { readonly type: 'abandon' }
  | { readonly type: 'stop'; readonly call: number; readonly milliseconds: number };

/** The first answer of a thread, which nobody asked for: its keys are made. */
export const readyCall = 0;

/** Each of them is counted by itself: a line shall not keep the other thread long. */
export const mostInLine = 64;

export type DoorMessage =
  | {
      readonly type: 'answer';
      readonly call: number;
      readonly open: readonly OpenDoor[];
      /** Said for people, where it could not be done. */
      readonly problem: string | undefined;
    }
  | { readonly type: 'told'; readonly told: readonly Told[]; readonly weight: number };

/** What happens often and is counted alone: one line tells of `mostInLine` at most. */
export type Counted =
  | { readonly type: 'opened'; readonly port: PortKey; readonly at: number }
  | { readonly type: 'reached'; readonly port: PortKey; readonly stage: HandshakeStage }
  /** An attempt was not written down: there were too many of them. */
  | { readonly type: 'sampled_away' };

/** One line of the book that a thread keeps elsewhere. */
export type Told =
  | { readonly type: 'counted'; readonly what: Counted; readonly count: number }
  | { readonly type: 'finished'; readonly client: ClientPort; readonly clientRandom: Uint8Array }
  | { readonly type: 'ended'; readonly ended: Ended }
  /** Its head calls the visitor by the address prefix: pseudonyms are made in one place. */
  | { readonly type: 'attempted'; readonly attempt: AttemptText }
  | { readonly type: 'released'; readonly release: ReleaseKind; readonly clientRandom: Uint8Array | undefined }
  | { readonly type: 'discarded'; readonly bytes: number }
  /** So many were turned away at the door at once: `mostInLine` of them at most. */
  | { readonly type: 'shed'; readonly port: PortKey; readonly count: number; readonly at: number }
  | { readonly type: 'log'; readonly event: string; readonly values: Readonly<Record<string, LogValue>> };
