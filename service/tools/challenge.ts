import { setTimeout as wait } from 'node:timers/promises';
import { bytesToHex } from '@noble/hashes/utils.js';
import { committedChallenge, decodeProof, isProof, type Proof } from '../attest/index.ts';
import { decodeStatement } from '../bitcoin/index.ts';
import { probeProtocol, roleNames } from '../bounty/endpoints.ts';
import { boundedText } from './bounded-text.ts';
import { authorityShown } from './challenge-authority.ts';
import { ask } from './challenge-http.ts';
import type { AskOptions } from './challenge-options.ts';
import { type ChallengeRecord, recordFormat } from './challenge-record.ts';
import { defaultPort } from './command-words.ts';

/* Has a piñata prove that it holds its key, and notes what there is to check. Judges nothing: see attest/verify-proof.ts. */

/** Nobody answers, or not in time, or not as a piñata does. */
export class Unanswered extends Error {}

/** An answer is a second away; it is asked for a few times in each. */
const pollMilliseconds = 300;
export const seconds = (): number => Math.floor(Date.now() / 1000);

export interface Answered {
  readonly record: ChallengeRecord;
  /** The bytes that were handed in, whatever the answer says they were. */
  readonly challenge: Uint8Array;
}

/** Rejects with an Unanswered. */
export async function challenge(options: AskOptions): Promise<Answered> {
  const signal = AbortSignal.timeout(options.timeoutSeconds * 1000);
  const random = crypto.getRandomValues(new Uint8Array(32));
  const blockHash = await blockHashOf(options.block, signal);
  const bytes = committedChallenge(random, blockHash);
  const base = new URL(`http://${bracketed(options.host)}:${options.httpPort}/`);
  const asked = seconds();
  const proof = await proofOf(base, bytes, signal);
  const answered = seconds();
  const record = {
    format: recordFormat,
    proof,
    preimage: { random: bytesToHex(random), blockHash: bytesToHex(blockHash) },
    seen: await authoritiesOf(options, base, proof, signal),
    asked,
    answered,
  } as const;
  return { record, challenge: bytes };
}

export async function blockHashOf(block: AskOptions['block'], signal: AbortSignal): Promise<Uint8Array> {
  if (block === undefined) return new Uint8Array(32);
  if ('hash' in block) return block.hash;
  const url = new URL(`${block.esplora.href.replace(/\/$/, '')}/blocks/tip/hash`);
  const answer = await fetch(url, { signal, redirect: 'error' })
    .then(async (response) => ({ status: response.status, text: (await boundedText(response, 1024)) ?? '' }))
    .catch(() => undefined);
  if (answer === undefined) throw new Unanswered(`${url.href} does not answer: give the newest block by --block-hash`);
  if (answer.status !== 200 || !/^[0-9a-f]{64}$/.test(answer.text)) {
    throw new Unanswered(`${url.href} answers ${answer.status} and no hash of a block: give it by --block-hash`);
  }
  return Uint8Array.from(answer.text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** Asks until it is signed. Rejects with an Unanswered. `agent`: the User-Agent that asks. */
export async function proofOf(base: URL, bytes: Uint8Array, signal: AbortSignal, agent?: string): Promise<Proof> {
  const ticket = await ticketOf(base, bytes, signal, agent);
  for (;;) {
    const { status, text } = await answerOf(new URL(ticket, base), undefined, signal, agent);
    if (status === 200) {
      const proof = decodeProof(text);
      if ('fault' in proof) throw new Unanswered(`what ${base.host} answers is no proof: ${proof.fault}`);
      if (!isProof(proof)) throw new Unanswered(`what ${base.host} answers is a statement without our challenge`);
      return proof;
    }
    if (status !== 202)
      throw new Unanswered(`${base.host} took the challenge, and then answers ${status} for its ticket`);
    await patience(pollMilliseconds, base, signal);
  }
}

/** The path of its ticket. */
async function ticketOf(base: URL, bytes: Uint8Array, signal: AbortSignal, agent?: string): Promise<string> {
  for (;;) {
    const { status, text } = await answerOf(new URL('/challenge', base), bytes, signal, agent);
    if (status === 202) {
      const [, path] = /"url": *"(\/challenge\/[0-9a-f]{16}-[0-9]{1,15})"/.exec(text) ?? [];
      if (path === undefined)
        throw new Unanswered(`${base.host} took the challenge, and gives no ticket that leads on`);
      return path;
    }
    // Too many of us, or of all: there is room again in a second.
    if (status !== 429 && status !== 503) {
      throw new Unanswered(`${base.host} answers ${status} to a challenge. Is it a piñata that proves its key?`);
    }
    await patience(1000, base, signal);
  }
}

export async function answerOf(url: URL, content: Uint8Array | undefined, signal: AbortSignal, agent?: string) {
  try {
    return await ask(url, content, signal, { agent });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Unanswered(
      `${url.host} does not answer: ${why}. Is a piñata running there, and is this the port of its page (${defaultPort('http')}, if it was not told another)?`,
    );
  }
}

async function patience(milliseconds: number, base: URL, signal: AbortSignal): Promise<void> {
  await wait(milliseconds, undefined, { signal }).catch(() => {
    throw new Unanswered(`${base.host} took the challenge, and did not sign in time: try --timeout`);
  });
}

/** What its ports show, which the page publishes the authorities of. Nothing, where there is no statement to compare with. */
async function authoritiesOf(options: AskOptions, base: URL, { statement }: Proof, signal: AbortSignal) {
  const ports = decodeStatement(statement)?.fields.service.ports;
  if (ports === undefined) return { caSha256: null, siteCaSha256: null };
  const pem = async (path: string): Promise<string> => (await answerOf(new URL(path, base), undefined, signal)).text;
  const { host } = options;
  const shown = async (...[showing]: Parameters<typeof authorityShown>): Promise<string> => {
    try {
      return await authorityShown(showing, signal);
    } catch (error) {
      throw new Unanswered(error instanceof Error ? error.message : String(error));
    }
  };
  return {
    caSha256: await shown(
      {
        host,
        port: options.serverPort ?? ports.server,
        what: 'the TLS server of the bounty',
        name: roleNames.server,
        protocol: probeProtocol,
        pem: await pem('/ca.pem'),
      },
      signal,
    ),
    siteCaSha256: await shown(
      {
        host,
        port: options.httpsPort ?? ports.https,
        what: 'the page over HTTPS',
        name: undefined,
        protocol: 'http/1.1',
        pem: await pem('/site-ca.pem'),
      },
      signal,
    ),
  };
}

export const bracketed = (host: string): string => (host.includes(':') ? `[${host.replace('%', '%25')}]` : host);
