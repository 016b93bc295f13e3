import type { Answer } from '../attest/index.ts';
import { proofDocument } from './documents-proof.ts';
import { json } from './json.ts';

/*
 * POST /challenge and GET /challenge/ID. A ticket's id is the number of the challenge, behind a prefix that each process
 * draws anew: so that a ticket of an earlier process is not found, rather than another's. It is no secret, and what it leads
 * to is none either: a proof is for everybody.
 */

export const challengePath = '/challenge';

/** Where challenges are left and their answers found. */
export interface Challenges {
  /** Bytes of one; undefined: none are taken. */
  readonly length: number | undefined;
  /** The id of its ticket; undefined where as many wait as can be answered at once. */
  readonly take: (challenge: Uint8Array) => string | undefined;
  /** Undefined: there is no such ticket, or none any more. */
  readonly find: (id: string) => 'waiting' | Answer | undefined;
}

export const noChallenges: Challenges = { length: undefined, take: () => undefined, find: () => undefined };

interface Accepted {
  readonly status: 202;
  readonly text: string;
}

export type PostedAnswer = Accepted | { readonly status: 429 | 503 };

export type Ticketed = Accepted | { readonly status: 200; readonly text: string } | { readonly status: 404 };

/** What the one who left a challenge is told. */
export interface TicketDocument {
  readonly id: string;
  readonly ready: false;
  readonly url: string;
}

const accepted = (id: string): Accepted => {
  const ticket: TicketDocument = { id, ready: false, url: `${challengePath}/${id}` };
  return { status: 202, text: `${json(ticket, 2)}\n` };
};

/** Too many of one origin: 429. Too many of all: 503. */
export function postChallenge(
  { take }: Challenges,
  challenge: Uint8Array,
  { mayChallenge }: { readonly mayChallenge: () => boolean },
): PostedAnswer {
  if (mayChallenge() !== true) return { status: 429 };
  const id = take(challenge);
  return id === undefined ? { status: 503 } : accepted(id);
}

/** Undefined for a path that is none of a ticket's. */
export function ticketAt({ find }: Challenges, path: string): Ticketed | undefined {
  const [, id] = /^\/challenge\/([0-9a-f]{16}-(?:0|[1-9][0-9]{0,14}))$/.exec(path) ?? [];
  if (id === undefined) return undefined;
  const found = find(id);
  if (found === undefined) return { status: 404 };
  if (found === 'waiting') return accepted(id);
  return { status: 200, text: `${json(proofDocument(found), 2)}\n` };
}
