import { claims, unproven } from '../../service/attest/ladder.ts';
import { readPublicDescriptor, type StatementFields } from '../../service/bitcoin/index.ts';
import {
  type AuthorityDocument,
  type Door,
  doors,
  latest,
  type Observed,
  type ProbeDocument,
  type StatusDocument,
  statusFormat,
  verdicts,
} from '../document/index.ts';
import { attemptsIn } from '../site/attempts.ts';
import { type Finding, found, missing } from './finding.ts';
import type { Findings } from './findings.ts';
import { historyAfter } from './history.ts';
import { incidentsAfter } from './incidents.ts';
import type { Settings } from './settings.ts';
import type { State } from './state.ts';

/*
 * What is known after a run: of what was known before it and what it found. Pure, and made anew from the same findings where
 * another run was faster. A part that was not seen is unknown, since when and why; it is never what it was.
 */

export function compose(before: State | undefined, findings: Findings, settings: Settings): State {
  const { at } = findings;
  const previous = before === undefined ? undefined : ofSameWallet(before.document, settings);
  const shown = shownBy(findings);
  const proof = proven(findings, before, settings, shown);
  const fields = proof.seen ? proof.value.fields : undefined;
  const host = probesAfter(previous, findings);
  const watched = watchedAfter(previous, settings, fields);
  const authorities = authoritiesAfter(previous, findings, shown);
  const archive = findings.archive?.seen === true ? findings.archive.value.state : before?.archive;
  const document: StatusDocument = {
    format: statusFormat,
    asOf: at,
    page: {
      url: settings.pageUrl,
      name: settings.name,
      interval: settings.interval,
      contact: settings.contact ?? null,
      explorers: [...(settings.explorers ?? settings.sources.filter((url) => url.startsWith('https:')))],
    },
    watched,
    chain: observe(previous?.chain, chainSeen(findings), at),
    host,
    build: buildAfter(previous, settings, findings, proof),
    authorities,
    proof: observe(previous?.proof, proof.seen ? found(proof.value.document) : proof, at),
    evidence: observe(previous?.evidence, evidenceOf(proof, settings), at),
    counters: observe(previous?.counters, countersOf(findings), at),
    archive: archiveAfter(previous, findings, archive),
    incidents: [],
    retirement: retirementAfter(previous, findings),
  };
  const incidents = incidentsAfter(previous, document, findings);
  return {
    document: { ...document, incidents: [...incidents] },
    history: historyAfter(before?.history, document, findings),
    chain: findings.chain.seen ? findings.chain.value.memory : before?.chain,
    authorities: findings.page.seen ? findings.page.value.authorities : before?.authorities,
    earlier:
      fields === undefined
        ? before?.earlier
        : { address: fields.address, startedAt: fields.startedAt, time: fields.time },
    hourlyAt: findings.doors.dialback === undefined ? before?.hourlyAt : at,
    archive,
  };
}

/** Of what was seen of another wallet, in the same store, nothing is said of this one: no proof, no coins, no notice. */
function ofSameWallet(document: StatusDocument, { network, address }: Settings): StatusDocument {
  const { watched } = document;
  const other = address !== undefined && watched.address !== null && watched.address !== address;
  if (!other && watched.network === network) return document;
  const forgotten = {
    state: 'unknown',
    since: document.asOf,
    reason: 'another wallet was watched',
    last: null,
  } as const;
  return { ...document, chain: forgotten, proof: forgotten, evidence: forgotten, retirement: null };
}

/** `since` an unknown part is unknown stays, while it is. */
function observe<T>(previous: Observed<T> | undefined, finding: Finding<T>, at: number): Observed<T> {
  if (finding.seen) return { state: 'known', at, value: finding.value };
  const since = previous?.state === 'unknown' ? previous.since : at;
  return {
    state: 'unknown',
    since,
    reason: finding.reason,
    last: (previous === undefined ? undefined : latest(previous)) ?? null,
  };
}

type Chain = StatusDocument['chain'] extends Observed<infer Value> ? Value : never;

function chainSeen({ chain }: Findings): Finding<Chain> {
  if (!chain.seen) return chain;
  const { document } = chain.value;
  const verdict = verdicts.find((name) => name === document.verdict);
  return verdict === undefined ? missing(`no verdict is called ${document.verdict}`) : found({ ...document, verdict });
}

interface Shown {
  readonly caSha256: string | undefined;
  readonly siteCaSha256: string | undefined;
}

/** The authorities whose certificates the ports showed to us. */
function shownBy({ doors: { server, https } }: Findings): Shown {
  const of = (door: typeof server): string | undefined => (door?.seen === true ? door.value.authority : undefined);
  return { caSha256: of(server), siteCaSha256: of(https) };
}

interface Proven {
  readonly fields: StatementFields;
  readonly document: NonNullable<ReturnType<typeof latest<ProofValue>>>['value'];
  /** Where what hardware says of it is archived. */
  readonly evidence: string | null;
}
type ProofValue = StatusDocument['proof'] extends Observed<infer Value> ? Value : never;

/** Whole: a fresh challenge, the signature, the address that is watched, and both authorities as the ports show them. */
function proven(
  { proof }: Findings,
  before: State | undefined,
  settings: Settings,
  { caSha256, siteCaSha256 }: Shown,
): Finding<Proven> {
  if (!proof.seen) return proof;
  const { fields, failed, askedAt, answeredAt, statementSha256, random, blockHash } = proof.value;
  const [first] = failed;
  if (first !== undefined) return missing(`the proof does not hold (${first.name}): ${first.found}`);
  const address = settings.address ?? before?.document.watched.address ?? fields.address;
  if (fields.address !== address) return missing(`the host proves ${fields.address}, and watched is ${address}`);
  if (fields.network !== settings.network) return missing(`the host proves a key of ${fields.network}`);
  if (caSha256 === undefined)
    return missing('port of the bounty: no authority was shown to hold the statement against');
  if (siteCaSha256 === undefined)
    return missing('port of the page: no authority was shown to hold the statement against');
  if (fields.caSha256 !== caSha256)
    return missing('the port of the bounty shows another authority than was signed for');
  if (fields.siteCaSha256 !== siteCaSha256) return missing('the page shows another authority than was signed for');
  return found({
    fields,
    evidence: proof.value.evidence === undefined ? null : evidencePath(proof.value),
    document: {
      signedAt: fields.time,
      askedAt,
      answeredAt,
      statementSha256,
      url: proofPath(proof.value),
      random,
      blockHash,
      keyOrigin: fields.keyOrigin,
      recovery: fields.recovery,
    },
  });
}

/** Where the document of a proof is archived, from the root of the page. */
export const proofPath = ({ askedAt, random }: { readonly askedAt: number; readonly random: string }): string =>
  `/proofs/${dayOf(askedAt)}/${askedAt}-${random.slice(0, 8)}.json`;

/** What hardware says of it. */
export const evidencePath = (of: Parameters<typeof proofPath>[0]): string =>
  proofPath(of).replace(/\.json$/, '.evidence.json');

export const dayOf = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 10);

function watchedAfter(
  previous: StatusDocument | undefined,
  settings: Settings,
  fields: StatementFields | undefined,
): StatusDocument['watched'] {
  const { network, host, ports } = settings;
  const address = settings.address ?? fields?.address ?? previous?.watched.address ?? null;
  const known = previous?.watched.address === address ? previous?.watched : undefined;
  const common = { network, address, host, ports };
  if (fields === undefined) {
    const { descriptor = null, wallet = null, test = false } = known ?? {};
    return { ...common, descriptor, wallet, test };
  }
  const read = readPublicDescriptor(fields.wallet.descriptor);
  return {
    ...common,
    descriptor: fields.wallet.descriptor,
    wallet: read?.kind === 'vault' ? { kind: 'vault', refundHeight: read.refund.height } : { kind: 'classic' },
    test: fields.test,
  };
}

function probesAfter(previous: StatusDocument | undefined, { at, doors: found }: Findings): StatusDocument['host'] {
  const after = (door: Door): ProbeDocument => {
    const before = previous?.host[door];
    const finding = found[door];
    if (finding === undefined)
      return (
        before ?? { state: 'unknown', since: at, lastUp: null, checkedAt: null, sentence: 'It was not looked at yet.' }
      );
    const { state, sentence } = finding.seen ? finding.value : { state: 'unknown' as const, sentence: finding.reason };
    return {
      state,
      since: before?.state === state ? before.since : at,
      lastUp: state === 'up' ? at : (before?.lastUp ?? null),
      checkedAt: finding.seen ? at : (before?.checkedAt ?? null),
      sentence,
    };
  };
  const [http, https, server, dialback, reverse] = doors.map(after);
  if (!http || !https || !server || !dialback || !reverse) throw new RangeError('five doors, five probes');
  return { http, https, server, dialback, reverse };
}

function buildAfter(
  previous: StatusDocument | undefined,
  settings: Settings,
  { at, page }: Findings,
  proof: Finding<Proven>,
): StatusDocument['build'] {
  const seen: Finding<{ version: string; sha256: string | null }> = !proof.seen
    ? missing(`nobody proved which build runs: ${proof.reason}`)
    : found({ version: page.seen ? page.value.status.version : '', sha256: proof.value.fields.buildSha256 });
  const reported = observe(previous?.build.reported, seen, at);
  const expected = settings.release ?? null;
  const known = reported.state === 'known' ? reported.value.sha256 : null;
  const verdict = expected === null || known === null ? 'unknown' : known === expected.sha256 ? 'match' : 'mismatch';
  return { reported, expected, verdict };
}

function authoritiesAfter(
  previous: StatusDocument | undefined,
  { at, page }: Findings,
  { caSha256, siteCaSha256 }: Shown,
): StatusDocument['authorities'] {
  const history = previous?.authorities.history ?? [];
  if (caSha256 === undefined || siteCaSha256 === undefined) {
    const reason = missing('one of both ports showed none that the page publishes');
    return { current: observe(previous?.authorities.current, reason, at), history };
  }
  const [newest, ...older] = history;
  const same = newest?.caSha256 === caSha256 && newest.siteCaSha256 === siteCaSha256 && newest.until === null;
  const generation = page.seen ? page.value.status.generation : same ? newest.generation : 0;
  const value = { generation, caSha256, siteCaSha256 };
  const current: Observed<typeof value> = { state: 'known', at, value };
  if (same) return { current, history };
  const closed: AuthorityDocument[] = newest === undefined ? [] : [{ ...newest, until: newest.until ?? at }, ...older];
  return { current, history: [{ ...value, from: at, until: null }, ...closed].slice(0, 200) };
}

/** What the statement by itself comes to. What hardware says is archived, and judged by whoever looks. */
function evidenceOf(
  proof: Finding<Proven>,
  { release }: Settings,
): Finding<StatusDocument['evidence'] extends Observed<infer Value> ? Value : never> {
  if (!proof.seen) return missing(`nothing was proven: ${proof.reason}`);
  const level = proof.value.fields.buildSha256 === release?.sha256 ? 'L2' : 'L1';
  return found({
    level,
    claim: claims[level],
    unproven: [...unproven[level]],
    refused: false,
    url: proof.value.evidence,
  });
}

function countersOf({
  page,
}: Findings): Finding<StatusDocument['counters'] extends Observed<infer Value> ? Value : never> {
  if (!page.seen) return page;
  const { startedAt, connections, visitors, successes } = page.value.status;
  const { total, open, byPort, byCategory } = connections;
  const probes = byCategory['probe'] ?? 0;
  return found({
    since: startedAt,
    of: 'host',
    connections: total,
    open,
    attempts: attemptsIn(byCategory),
    probes,
    visitors,
    byDoor: byPort,
    byCategory,
    successes,
  });
}

function archiveAfter(
  previous: StatusDocument | undefined,
  { at, archive, page }: Findings,
  state: State['archive'],
): StatusDocument['archive'] {
  const reason = archive?.seen === false ? archive : undefined;
  if (reason !== undefined) return observe(previous?.archive, reason, at);
  if (archive === undefined && previous?.archive !== undefined && !page.seen) {
    return observe(previous.archive, page, at);
  }
  if (state === undefined) return page.seen ? nothingArchived(at) : observe(previous?.archive, page, at);
  const { segments, attempts, bytes, verified } = state;
  return { state: 'known', at: state.at, value: { segments, attempts, bytes, head: verified ?? null } };
}

/** A host whose first day is not over has nothing that could be archived: no fault of anybody. */
const nothingArchived = (at: number): StatusDocument['archive'] => ({
  state: 'known',
  at,
  value: { segments: 0, attempts: 0, bytes: 0, head: null },
});

/** Taken back by nobody: a notice that cannot be read any more stands as it was shown. */
function retirementAfter(previous: StatusDocument | undefined, { retirement }: Findings): StatusDocument['retirement'] {
  if (!retirement.seen) return previous?.retirement ?? null;
  if (retirement.value === undefined) return null;
  const { announcedAt, effectiveAt, text } = retirement.value;
  return { announcedAt, effectiveAt, text, url: '/retirement.json' };
}
