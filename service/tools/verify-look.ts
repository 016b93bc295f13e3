import type { Proof } from '../attest/index.ts';
import { committedChallenge } from '../attest/index.ts';
import { longestSandboxManifest } from '../attest/sandbox-manifest.ts';
import type { Observation, Verification } from '../attest/verification.ts';
import { decodeStatement, type StatementFields } from '../bitcoin/index.ts';
import { probeProtocol, roleNames } from '../bounty/endpoints.ts';
import { decodePem } from '../x509/index.ts';
import { answerOf, blockHashOf, bracketed, proofOf, seconds } from './challenge.ts';
import { anchorsOf } from './verify-anchor.ts';
import { credentialOf, evidenceOf } from './verify-evidence.ts';
import type { RunOptions } from './verify-options.ts';
import { certificateShown, join } from './verify-ports.ts';

/* Has a piñata show all that it can, twice, and notes it. Judges nothing: see attest/verify.ts. */

/** What was read from files. */
export type Given = Pick<Verification, 'release' | 'rebuilt' | 'roots'>;

/** `tell` is told what is waited for, and how much is done, of 1. Rejects with an Unanswered. */
export async function look(
  options: RunOptions,
  given: Given,
  tell: (share: number, what: string) => void,
): Promise<Verification> {
  const signal = AbortSignal.timeout(options.timeoutSeconds * 1000);
  const base = new URL(`http://${bracketed(options.host)}:${options.httpPort}/`);
  const anchors = anchorsOf(options, given.release.timestamp, signal);
  anchors.catch(() => undefined); // it is awaited at the end
  const blockHash = await blockHashOf(options.block, signal);
  const seen = await steady(() => twice(options, base, blockHash, signal, tell));
  tell(0.95, 'what explorers say');
  return {
    host: `${base.hostname}:${options.httpPort}`,
    ...given,
    ...(await anchors),
    ...seen,
  };
}

type Seen = Pick<Verification, 'observations' | 'credential' | 'authorities' | 'shown' | 'joined' | 'sandbox'>;

/** Once more, where certificates were made anew while we looked. */
async function steady(take: () => Promise<Seen>): Promise<Seen> {
  const seen = await take();
  const [first, second] = seen.observations.map(({ proof }) => decodeStatement(proof.statement)?.fields);
  const same = first?.caSha256 === second?.caSha256 && first?.siteCaSha256 === second?.siteCaSha256;
  return same || first?.startedAt !== second?.startedAt ? seen : take();
}

async function twice(
  options: RunOptions,
  base: URL,
  blockHash: Uint8Array,
  signal: AbortSignal,
  tell: (share: number, what: string) => void,
): Promise<Seen> {
  const asked = { base, patience: options.timeoutSeconds * 500, signal };
  tell(0.05, 'a statement over our own bytes');
  const first = await observe(base, blockHash, signal);
  tell(0.3, 'what its ports show, and a second statement');
  const [second, ports, evidence, sandbox] = await Promise.all([
    observe(base, blockHash, signal),
    portsOf(options, base, first.proof, signal),
    evidenceOf(asked, first.proof.statement),
    sandboxOf(base, first.proof, signal),
  ]);
  tell(0.7, 'what hardware says');
  const [again, credential] = await Promise.all([
    evidenceOf(asked, second.proof.statement),
    credentialOf(asked, evidence),
  ]);
  return {
    observations: [
      { ...first, evidence },
      { ...second, evidence: again },
    ],
    credential,
    sandbox,
    ...ports,
  };
}

/** Undefined where it says that nothing confines it, and where it does not show what does. */
async function sandboxOf(base: URL, { statement }: Proof, signal: AbortSignal): Promise<string | undefined> {
  if (decodeStatement(statement)?.fields.sandbox === 'none') return undefined;
  const { status, text } = await answerOf(new URL('/sandbox.json', base), undefined, signal);
  return status === 200 && text.length <= longestSandboxManifest ? text : undefined;
}

async function observe(base: URL, blockHash: Uint8Array, signal: AbortSignal): Promise<Omit<Observation, 'evidence'>> {
  const random = crypto.getRandomValues(new Uint8Array(32));
  const asked = seconds();
  const proof: Proof = await proofOf(base, committedChallenge(random, blockHash), signal);
  return { proof, random, blockHash, asked, answered: seconds() };
}

async function portsOf(
  { host, serverPort, httpsPort, reversePort, httpPort }: RunOptions,
  base: URL,
  { statement }: Proof,
  signal: AbortSignal,
): Promise<Pick<Seen, 'authorities' | 'shown' | 'joined'>> {
  const service = decodeStatement(statement)?.fields.service;
  const published = async (path: string): Promise<Uint8Array | undefined> =>
    decodePem((await answerOf(new URL(path, base), undefined, signal)).text)?.[0];
  const [bounty, site] = await Promise.all([published('/ca.pem'), published('/site-ca.pem')]);
  const authorities = { bounty, site };
  if (service === undefined) {
    const nothing = { nothing: 'no statement, so no ports' } as const;
    return {
      authorities,
      shown: { server: nothing, https: nothing },
      joined: { outcome: 'failed', words: nothing.nothing },
    };
  }
  const port = (given: number | undefined, said: keyof StatementFields['service']['ports']): number =>
    given ?? service.ports[said];
  const server = port(serverPort, 'server');
  const [shownServer, shownHttps, joined] = await Promise.all([
    certificateShown(
      { host, port: server, what: 'the TLS server of the bounty', name: roleNames.server, protocol: probeProtocol },
      signal,
    ),
    certificateShown(
      { host, port: port(httpsPort, 'https'), what: 'the page over HTTPS', name: undefined, protocol: 'http/1.1' },
      signal,
    ),
    join({ host, httpPort, serverPort: server, reversePort: port(reversePort, 'reverse') }, signal),
  ]);
  return { authorities, shown: { server: shownServer, https: shownHttps }, joined };
}
