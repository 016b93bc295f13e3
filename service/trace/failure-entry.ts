import type { AlertName } from '../tls/index.ts';

/** What a category says of its connections, for sums over several. */
export type Nature =
  /** The bait went out. */
  | 'released'
  /** An attempt on the bounty or the website that our stack refused. */
  | 'failed'
  /** The transport or the peer ended it before there was a verdict. */
  | 'unfinished'
  /** We turned it away, or called back, without a handshake. */
  | 'turned_away'
  /** The website answered. */
  | 'website'
  /** Our own monitoring: recorded, and counted as no attempt. */
  | 'ours';

/** What the article of 2015 wrote of the category, of about 21 000 connections. */
export interface InTheArticle {
  readonly wording: string;
  /** Absent where it says "several"; not exact where it gives a share in percent, or rounds. */
  readonly count?: number;
  readonly exact?: boolean;
}

/** One category of the statistics: a row of docs/failures.md. */
export interface FailureEntry {
  readonly nature: Nature;
  /** For people: what happened, in one sentence. */
  readonly title: string;
  readonly article?: InTheArticle;
  /** The alerts we answer it with at TLS 1.3; none where there is nothing to answer. */
  readonly alerts?: readonly AlertName[];
  /** The version that alone can show it. */
  readonly only?: 'TLS 1.2' | 'TLS 1.3';
  /** What brings it about if it is the first that port 10000 is sent, as hex: the tests send it. */
  readonly bytes?: string;
  /** How to bring it about otherwise, in Markdown. `HOST` stands for a piñata. */
  readonly provoke?: string;
}

export type FailureEntries = Readonly<Record<string, FailureEntry>>;
