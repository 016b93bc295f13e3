import type { Deployment } from './deployment.ts';

/* All that a deployment does to anything outside of its document. A test has another one, which writes down what it was asked. */

/** Of what is being done: a share of 1 where it is known, and words. */
export type Tell = (words: string, share?: number) => void;

export interface HostOutputs {
  readonly address: string;
  readonly serverId: string;
  /** Where they are not those of the document. */
  readonly ports?: Deployment['host']['ports'];
}

export interface StatusOutputs {
  readonly bucket: string;
  readonly distribution: string;
  readonly url: string;
  readonly poller: string;
}

export interface Verified {
  readonly network: string;
  readonly address: string;
  readonly kind: 'classic' | 'vault';
  readonly refundHeight: number | null;
  /** Of a vault, x-only, as hex. */
  readonly refundKey: string | null;
  /** What is proven, as `btc-pinata verify` names it, and that in words. */
  readonly level: string;
  readonly words: string;
}

/**
 * What makes something looks for it first, and gives the same answer when it is there: each may be called again after it was
 * killed at any moment.
 */
export interface World {
  /** The AWS account of the credentials, 12 digits. */
  account(): Promise<string>;
  /** The public half, x-only, as hex. */
  refundKey(deployment: Deployment): Promise<string>;
  bootstrap(deployment: Deployment, tell: Tell): Promise<void>;
  /** The id of a snapshot that is complete. */
  snapshot(deployment: Deployment, tell: Tell): Promise<string>;
  /** The id of the image. */
  image(deployment: Deployment, snapshotId: string): Promise<string>;
  /** Of EC2: an availability zone that has the type of machine. */
  zone(deployment: Deployment): Promise<string>;
  deployStatus(deployment: Deployment, tell: Tell): Promise<StatusOutputs>;
  putRelease(deployment: Deployment, bucket: string, tell: Tell): Promise<void>;
  deployHost(deployment: Deployment, tell: Tell): Promise<HostOutputs>;
  /** Resolves once the page of the host answers. */
  answers(deployment: Deployment, tell: Tell): Promise<void>;
  /** Rejects with a Refusal where a check fails. */
  verify(deployment: Deployment, tell: Tell): Promise<Verified>;
  /** Resolves once the status page names this address. */
  pageShows(deployment: Deployment, tell: Tell): Promise<void>;
}
