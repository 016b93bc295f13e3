import type { VpsProvider } from './inputs.ts';

/*
 * What is asked of a cloud's own API, since Pulumi has no resource for it: whether the token is good, to stop a server and to
 * start it, and what is there under a deployment's label.
 */

export interface Placed {
  readonly serverId: string;
  readonly addressId: string;
}

/** What a server has beside it, one server at a time. */
export type Joined = 'volume' | 'address';

export type Kind = 'server' | 'address' | 'volume' | 'firewall' | 'tag';

/** One thing at the cloud, by its own id. */
export interface Found {
  readonly kind: Kind;
  readonly id: string;
  readonly name: string;
  /** Of a volume or an address: whether a server has it. */
  readonly attached: boolean;
  /** The id of the deployment that it is of; undefined where it has none. */
  readonly owner: string | undefined;
}

/** An address that can have no label. */
export interface Unlabelled {
  readonly ip: string;
  readonly region: string;
  /** Whether a server has it. */
  readonly attached: boolean;
}

export interface Cloud {
  readonly provider: VpsProvider;
  /** Throws a Refusal where the token is not good. */
  checkToken(): Promise<void>;
  /**
   * Stops a server, by its own shutdown first, so that it writes what it has and lets go of its volume; then its address is
   * free for another. What is already so, is left so. False: there is no such server.
   */
  standDown(placed: Placed): Promise<boolean>;
  /** It runs, and has its address unless another server has. False: there is no such server. */
  standUp(placed: Placed): Promise<boolean>;
  /** Another boot of the same server, by its own shutdown. One request: who is killed after it leaves no server that is off. */
  reboot(serverId: string): Promise<void>;
  /** What has the label of a deployment of this name, whosever it is. */
  labelled(name: string): Promise<readonly Found[]>;
  /** All addresses of the account that can have no label: DigitalOcean's reserved ones. */
  unlabelled(): Promise<readonly Unlabelled[]>;
  isThere(kind: Kind, id: string): Promise<boolean>;
  /** The server that has this; undefined: none, or there is no such thing. */
  holderOf(kind: Joined, id: string): Promise<string | undefined>;
  /** Takes it from the server that has it, which is off. What is already so, is left so. */
  part(kind: Joined, id: string): Promise<void>;
  /** Deletes one thing; it may be gone already. */
  remove(found: Found): Promise<void>;
}

export interface Waiting {
  /** Milliseconds between two looks. */
  readonly every?: number;
  /** Milliseconds that a server may take to shut down by itself. */
  readonly patience?: number;
}
