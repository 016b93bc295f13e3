import type { Door, IncidentDocument, StatusDocument } from '../document/index.ts';
import type { Findings } from './findings.ts';

/*
 * What went wrong, and when it was over. Each condition has at most one open incident; it is opened when the condition was there
 * at two polls in a row, and resolved by the first that sees it gone. A poll that sees nothing of it changes nothing.
 */

type Part = IncidentDocument['parts'][number];

interface Condition {
  readonly name: string;
  readonly part: Part;
  readonly impact: IncidentDocument['impact'];
  readonly title: string;
  /** `undefined`: it cannot be told. */
  readonly is: (document: StatusDocument) => boolean | undefined;
  readonly sentence: (document: StatusDocument) => string;
}

const titles: Readonly<Record<Door, string>> = {
  http: 'The page over HTTP does not answer',
  https: 'The page over HTTPS does not answer',
  server: 'The TLS server of the bounty does not answer',
  dialback: 'The port that calls back does not answer',
  reverse: 'The TLS client of the bounty does not answer',
};

const doorConditions: readonly Condition[] = (['http', 'https', 'server', 'dialback', 'reverse'] as const).map(
  (door) => ({
    name: door,
    part: door,
    impact: 'major',
    title: titles[door],
    is: ({ host }) => (host[door].state === 'unknown' ? undefined : host[door].state === 'down'),
    sentence: ({ host }) => host[door].sentence,
  }),
);

const verdictIs = (document: StatusDocument, ...names: readonly string[]): boolean | undefined =>
  document.chain.state === 'unknown' || document.chain.value.verdict === 'stale'
    ? undefined
    : names.includes(document.chain.value.verdict);

const conditions: readonly Condition[] = [
  ...doorConditions,
  {
    name: 'spent',
    part: 'chain',
    impact: 'critical',
    title: 'The coins were moved',
    is: (document) => verdictIs(document, 'spend_seen', 'spend_confirmed', 'claimed', 'spent', 'refunded'),
    sentence: ({ chain }) => (chain.state === 'known' ? chain.value.sentence : ''),
  },
  {
    name: 'disagreement',
    part: 'chain',
    impact: 'minor',
    title: 'The explorers contradict each other',
    is: (document) => verdictIs(document, 'disagreement'),
    sentence: ({ chain }) => (chain.state === 'known' ? chain.value.sentence : ''),
  },
  {
    name: 'build',
    part: 'build',
    impact: 'critical',
    title: 'Another build runs than the one that was released',
    is: ({ build }) => (build.verdict === 'unknown' ? undefined : build.verdict === 'mismatch'),
    sentence: ({ build: { reported, expected } }) =>
      `The host says ${reported.state === 'known' ? reported.value.sha256 : 'nothing'}, and expected is ${expected?.sha256}.`,
  },
  {
    name: 'proof',
    part: 'proof',
    impact: 'major',
    title: 'The host does not prove that it holds the key',
    // A host that is not there is another incident.
    is: ({ proof, host }) => (proof.state === 'known' ? false : host.http.state === 'up' ? true : undefined),
    sentence: ({ proof }) => (proof.state === 'unknown' ? proof.reason : ''),
  },
  {
    name: 'archive',
    part: 'archive',
    impact: 'major',
    title: 'The traces of the host could not be archived',
    is: ({ archive, host }) => (archive.state === 'known' ? false : host.http.state === 'up' ? true : undefined),
    sentence: ({ archive }) => (archive.state === 'unknown' ? archive.reason : ''),
  },
];

/** Kept, the newest first; what is open is never dropped. */
const kept = 200;

export function incidentsAfter(
  previous: StatusDocument | undefined,
  document: StatusDocument,
  findings: Findings,
): IncidentDocument[] {
  let incidents = previous?.incidents ?? [];
  for (const condition of conditions) incidents = judged(incidents, condition, previous, document);
  incidents = authorityChange(incidents, previous, document);
  if (findings.archive?.seen === true && findings.archive.value.anew) incidents = [anew(document.asOf), ...incidents];
  return incidents.filter(({ resolvedAt }, index) => resolvedAt === null || index < kept);
}

function judged(
  incidents: IncidentDocument[],
  condition: Condition,
  previous: StatusDocument | undefined,
  document: StatusDocument,
): IncidentDocument[] {
  const at = document.asOf;
  const is = condition.is(document);
  const open = incidents.find(({ id, resolvedAt }) => resolvedAt === null && id.endsWith(`-${condition.name}`));
  if (is === undefined) return incidents;
  if (open === undefined) {
    if (!is || previous === undefined || condition.is(previous) !== true) return incidents;
    return [begun(at, condition.name, condition, condition.sentence(document)), ...incidents];
  }
  if (is) return incidents;
  const resolved: IncidentDocument = {
    ...open,
    status: 'resolved',
    updatedAt: at,
    resolvedAt: at,
    updates: [{ id: `${open.id}-resolved`, at, status: 'resolved', text: 'It is over.' }, ...open.updates],
  };
  return incidents.map((incident) => (incident === open ? resolved : incident));
}

function begun(
  at: number,
  name: string,
  { part, impact, title }: Pick<Condition, 'part' | 'impact' | 'title'>,
  text: string,
): IncidentDocument {
  const id = `${stampOf(at)}-${name}`;
  return {
    id,
    title,
    impact,
    status: 'investigating',
    parts: [part],
    createdAt: at,
    updatedAt: at,
    resolvedAt: null,
    updates: [{ id: `${id}-begun`, at, status: 'investigating', text: text.slice(0, 2000) }],
  };
}

/** It happened, and is over at once. */
const happened = (incident: IncidentDocument): IncidentDocument => ({
  ...incident,
  status: 'resolved',
  resolvedAt: incident.createdAt,
  updates: incident.updates.map((update) => ({ ...update, status: 'resolved' })),
});

function authorityChange(
  incidents: IncidentDocument[],
  previous: StatusDocument | undefined,
  { asOf, authorities }: StatusDocument,
): IncidentDocument[] {
  const [now, before] = authorities.history;
  if (now === undefined || before === undefined || now.from !== asOf || previous === undefined) return incidents;
  const about = { part: 'authorities', impact: 'none', title: 'The host has new authorities' } as const;
  const text = `It started anew, or changed its certificates: ${before.caSha256} was shown before, and ${now.caSha256} is now.`;
  return [happened(begun(asOf, 'authorities', about, text)), ...incidents];
}

const anew = (at: number): IncidentDocument =>
  happened(
    begun(
      at,
      'archive-anew',
      { part: 'archive', impact: 'minor', title: 'The traces of the host began anew' },
      'The last attempt that was archived is not there any more: a host that keeps its traces in memory was started again, or they were changed. What was archived before stays.',
    ),
  );

/** `20261121t210000z`, which no other second has. */
const stampOf = (seconds: number): string =>
  new Date(seconds * 1000).toISOString().slice(0, 19).replace(/[-:]/g, '').toLowerCase().concat('z');
