import { internetDate } from '../../service/site/http-date.ts';
import { type Door, doors, type IncidentDocument, type StatusDocument } from '../document/index.ts';
import { type Answer, answerOf, depositWindow, type Indicator } from './answer.ts';

/*
 * The documents of Atlassian's status API (v2), which many clients read. What it has no word for (that a bounty was won) is
 * said by the description; what it has and this page has not (maintenance) is empty.
 */

type ComponentStatus = 'operational' | 'degraded_performance' | 'partial_outage' | 'major_outage';

interface Component {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly status: ComponentStatus;
  readonly since: number;
}

const doorNames: Readonly<Record<Door, string>> = {
  http: 'Page (HTTP)',
  https: 'Page (TLS of its own)',
  server: 'Bounty: it is the server',
  dialback: 'Bounty: it calls back',
  reverse: 'Bounty: it is the client',
};

/** What is not known is no outage that anybody has seen, and not operational either. */
const probeStatus = { up: 'operational', down: 'major_outage', unknown: 'degraded_performance' } as const;

function componentsOf(status: StatusDocument, answer: Answer): readonly Component[] {
  const { host, watched, chain, proof, asOf } = status;
  const since = (
    of: { readonly state: 'known'; readonly at: number } | { readonly state: 'unknown'; readonly since: number },
  ) => (of.state === 'known' ? of.at : of.since);
  const proven = proof.state === 'known' && asOf - proof.value.answeredAt <= depositWindow;
  return [
    {
      id: 'bounty',
      name: 'Bounty',
      description: `${answer.pill}: ${answer.answer}`,
      status: (
        {
          none: 'operational',
          minor: 'degraded_performance',
          major: 'partial_outage',
          critical: 'major_outage',
        } as const
      )[answer.indicator],
      since: since(chain),
    },
    {
      id: 'key',
      name: 'Key of the wallet',
      description: proven ? 'proven by a fresh signature' : 'not proven of late',
      status: proven ? 'operational' : 'degraded_performance',
      since: since(proof),
    },
    ...doors.map((door) => ({
      id: door,
      name: `${doorNames[door]}, port ${watched.ports[door]}`,
      description: host[door].sentence,
      status: probeStatus[host[door].state],
      since: host[door].since,
    })),
  ];
}

const ladder = ['none', 'minor', 'major', 'critical'] as const satisfies readonly Indicator[];
const weights: Readonly<Record<ComponentStatus, Indicator>> = {
  operational: 'none',
  degraded_performance: 'minor',
  partial_outage: 'minor',
  major_outage: 'major',
};

const worst = (indicators: readonly Indicator[]): Indicator =>
  ladder.findLast((indicator) => indicators.includes(indicator)) ?? 'none';

/** By the path below `/api/v2/`, without `.json`. */
export function atlassianDocuments(status: StatusDocument) {
  const answer = answerOf(status);
  const page = {
    id: 'pinata',
    name: status.page.name,
    url: status.page.url,
    time_zone: 'Etc/UTC',
    updated_at: internetDate(status.asOf),
  };
  const found = componentsOf(status, answer);
  const components = found.map((component, index) => componentDocument(component, index, status.asOf));
  const indicator = worst([answer.indicator, ...found.slice(1).map((component) => weights[component.status])]);
  const overall = { indicator, description: `${answer.pill}: ${answer.answer}` };
  const incidents = status.incidents.map((incident) => incidentDocument(incident, components));
  return {
    summary: {
      page,
      status: overall,
      components,
      incidents: incidents.filter(({ resolved_at }) => resolved_at === null),
      scheduled_maintenances: [],
    },
    status: { page, status: overall },
    components: { page, components },
    incidents: { page, incidents },
  };
}

function componentDocument({ id, name, description, status, since }: Component, index: number, asOf: number) {
  return {
    id,
    name,
    status,
    created_at: internetDate(since),
    updated_at: internetDate(asOf),
    position: index + 1,
    description,
    showcase: true,
    start_date: null,
    group_id: null,
    page_id: 'pinata',
    group: false,
    only_show_if_degraded: false,
  };
}

function incidentDocument(
  { id, title, impact, status, parts, createdAt, updatedAt, resolvedAt, updates }: IncidentDocument,
  components: readonly ReturnType<typeof componentDocument>[],
) {
  const monitoring = updates.find((update) => update.status === 'monitoring');
  return {
    id,
    name: title,
    status,
    created_at: internetDate(createdAt),
    updated_at: internetDate(updatedAt),
    monitoring_at: monitoring === undefined ? null : internetDate(monitoring.at),
    resolved_at: resolvedAt === null ? null : internetDate(resolvedAt),
    impact,
    shortlink: null,
    started_at: internetDate(createdAt),
    page_id: 'pinata',
    incident_updates: updates.map((update) => ({
      id: update.id,
      status: update.status,
      body: update.text,
      incident_id: id,
      created_at: internetDate(update.at),
      updated_at: internetDate(update.at),
      display_at: internetDate(update.at),
      affected_components: null,
      deliver_notifications: false,
      custom_tweet: null,
      tweet_id: null,
    })),
    components: components.filter((component) => parts.some((part) => componentOf[part] === component.id)),
    reminder_intervals: null,
  };
}

/** Which component a part of an incident belongs to. */
const componentOf: Readonly<Record<IncidentDocument['parts'][number], string>> = {
  http: 'http',
  https: 'https',
  server: 'server',
  dialback: 'dialback',
  reverse: 'reverse',
  chain: 'bounty',
  proof: 'key',
  build: 'key',
  authorities: 'key',
  archive: 'bounty',
};
