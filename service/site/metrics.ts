import type { ManagementView } from './management-view.ts';
import type { MetricFamily, Sample } from './open-metrics.ts';
import { portNames } from './view.ts';

/* What is measured, and under which names. A name, once published, is not given another meaning. */

export function metrics(view: ManagementView, now: number): readonly MetricFamily[] {
  return [...ofTheProgram(view, now), ...ofConnections(view), ...ofTraces(view), ...ofTheProcess(view)];
}

const single = (value: number): readonly Sample[] => [{ value }];

function ofTheProgram({ program, startedAt, generation }: ManagementView, now: number): readonly MetricFamily[] {
  const { version, build, node, network } = program;
  return [
    {
      name: 'pinata_build',
      type: 'info',
      help: "What runs: SHA-256 of the program's file, or source.",
      labels: { version, build, node, network },
    },
    {
      name: 'pinata_uptime_seconds',
      type: 'gauge',
      unit: 'seconds',
      help: 'Since the ports were opened.',
      samples: single(Math.max(0, now - startedAt)),
    },
    {
      name: 'pinata_generation',
      type: 'gauge',
      help: 'Number of the generation of certificates that new sessions begin in.',
      samples: single(generation.number),
    },
    {
      name: 'pinata_generation_expiry_timestamp_seconds',
      type: 'gauge',
      unit: 'seconds',
      help: 'When its certificates expire, in seconds since 1970; the next takes over when a third of its life is left.',
      samples: single(generation.notAfter),
    },
  ];
}

function ofConnections(view: ManagementView): readonly MetricFamily[] {
  const { tally, handshakes, bridges, discardedBytes } = view;
  const { byPort, byReason, successes, visitors, alertsReceived } = tally;
  return [
    {
      name: 'pinata_connections',
      type: 'counter',
      help: 'Connections that ended, each in one category of docs/failures.md.',
      samples: portNames.flatMap((port) =>
        byPort[port].byCategory.map(({ key, count }) => ({ labels: { port, category: key }, value: count })),
      ),
    },
    {
      name: 'pinata_connections_open',
      type: 'gauge',
      help: 'Connections that have no category yet.',
      samples: portNames.map((port) => ({ labels: { port }, value: byPort[port].open })),
    },
    {
      name: 'pinata_visitors',
      type: 'gauge',
      help: 'Network prefixes seen since the start: an estimate within 2 % beyond a thousand.',
      samples: single(visitors),
    },
    {
      name: 'pinata_releases',
      type: 'counter',
      help: 'Times the key went out: short_circuit to ourselves, test to the test credentials, breach to somebody else.',
      samples: [
        { labels: { kind: 'short_circuit' }, value: successes.paired },
        { labels: { kind: 'test' }, value: successes.test },
        { labels: { kind: 'breach' }, value: successes.unpaired },
      ],
    },
    {
      name: 'pinata_bridges',
      type: 'counter',
      help: 'Pairs of our own ports that somebody joined, each once.',
      samples: single(bridges),
    },
    {
      name: 'pinata_handshakes',
      type: 'counter',
      help: 'Handshakes by how far they came: each is counted at every stage that it reached.',
      samples: handshakes.flatMap(([port, { begun, negotiated, established }]) => [
        { labels: { port, stage: 'begun' }, value: begun },
        { labels: { port, stage: 'negotiated' }, value: negotiated['1.2'] + negotiated['1.3'] },
        { labels: { port, stage: 'established' }, value: established },
      ]),
    },
    {
      name: 'pinata_handshakes_negotiated',
      type: 'counter',
      help: 'Handshakes that agreed on a version of TLS.',
      samples: handshakes.flatMap(([port, { negotiated }]) =>
        (['1.2', '1.3'] as const).map((version) => ({ labels: { port, version }, value: negotiated[version] })),
      ),
    },
    {
      name: 'pinata_faults',
      type: 'counter',
      help: 'Faults that decided a category, by their reason.',
      samples: byReason.map(({ reason, count }) => ({ labels: { reason }, value: count })),
    },
    {
      name: 'pinata_alerts_received',
      type: 'counter',
      help: 'Alerts of the other side that ended a connection, by their number.',
      samples: alertsReceived.map(({ description, count }) => ({
        labels: { description: String(description) },
        value: count,
      })),
    },
    {
      name: 'pinata_discarded_bytes',
      type: 'counter',
      unit: 'bytes',
      help: 'Bytes that came after all was said, and were thrown away unread.',
      samples: single(discardedBytes),
    },
  ];
}

function ofTraces({ archive }: ManagementView): readonly MetricFamily[] {
  return [
    {
      name: 'pinata_traces_attempts',
      type: 'counter',
      help: 'Attempts that were recorded, in the whole life of the store.',
      samples: single(archive.attempts),
    },
    {
      name: 'pinata_traces_sampled_away',
      type: 'counter',
      help: 'Attempts that were counted and not recorded, because more came than could be written.',
      samples: single(archive.sampledAway),
    },
    {
      name: 'pinata_traces_dropped_bodies',
      type: 'counter',
      help: 'Recorded attempts whose bytes the disk budget took.',
      samples: single(archive.droppedBodies),
    },
    {
      name: 'pinata_traces_bytes',
      type: 'gauge',
      unit: 'bytes',
      help: 'Size of the store, on disk or in memory.',
      samples: [{ labels: { where: archive.where }, value: archive.bytes }],
    },
  ];
}

function ofTheProcess({
  memory,
  cpu,
  eventLoopDelay,
  log,
  forgottenLogLines,
}: ManagementView): readonly MetricFamily[] {
  return [
    {
      name: 'pinata_memory_bytes',
      type: 'gauge',
      unit: 'bytes',
      help: 'Memory of the process: all that is resident, and what of it is the heap of JavaScript or outside of that.',
      samples: [
        { labels: { kind: 'resident' }, value: memory.resident },
        { labels: { kind: 'heap_used' }, value: memory.heapUsed },
        { labels: { kind: 'heap_total' }, value: memory.heapTotal },
        { labels: { kind: 'external' }, value: memory.external },
      ],
    },
    {
      name: 'pinata_cpu_seconds',
      type: 'counter',
      unit: 'seconds',
      help: 'Processor time of the process.',
      samples: (['user', 'system'] as const).map((mode) => ({ labels: { mode }, value: cpu[mode] })),
    },
    {
      name: 'pinata_event_loop_delay_seconds',
      type: 'summary',
      unit: 'seconds',
      help: 'How much later than it should a timer is called, since the start.',
      ...eventLoopDelay,
    },
    {
      name: 'pinata_log_lines',
      type: 'counter',
      help: 'Lines of the log.',
      samples: single(log.length + forgottenLogLines),
    },
  ];
}
