import type { Socket } from 'node:net';
import type { FailureKey } from '../trace/index.ts';
import type { AttackKit } from './attack-kit.ts';

/* What a crowd is made of: kinds of visitors, how many of each come, and where each is to be counted. */

/** How often each category is to grow by one visit. */
export type Counts = Readonly<Partial<Record<FailureKey, number>>>;

export interface Kind {
  /** In a few words, for `--json`. */
  readonly name: string;
  /** Of 50 000 visitors of the site and 21 000 TLS connections, as the article had them. */
  readonly count: number;
  readonly expect: Counts;
  /** It waits until its time is up: as many of these as there are stay at once, beside the others. */
  readonly waits?: boolean;
  /** Comes and goes. Who comes without being let through to the end throws. */
  visit(scene: Scene): Promise<void>;
}

export type Door = 'http' | 'https' | 'server' | 'dialback' | 'reverse';

/** The piñata as one visitor sees it. */
export interface Scene {
  /** The visitor's own address, of 127.0.0.0/8. */
  readonly from: string;
  /** Where a dial-back comes to, at that address. */
  readonly calledPort: number;
  /** PEM of the authority behind HTTPS. */
  readonly siteAuthority: string;
  readonly kit: AttackKit;
  /** From 0 to below 1: the same in each run of one seed. */
  random(): number;
  /** A connection from the visitor's address, whose halves end one by one. It is cut when the crowd is sent home. */
  connect(door: Door): Promise<Socket>;
  /** The call of the piñata's that `trigger` brings about. */
  called(trigger: () => Promise<void>): Promise<Socket>;
  /** Resolves when the other side has ended or broken off the connection; what came is thrown away. */
  left(socket: Socket): Promise<void>;
  /** Milliseconds. Rejects where the crowd is sent home: who waited has nothing more to do. */
  wait(milliseconds: number): Promise<void>;
}
