import { bytesToHex } from '@noble/hashes/utils.js';
import type { Fault } from '../tls/index.ts';
import { type TraceStep, traceFormat } from '../trace/index.ts';
import type { Certificate } from '../x509/index.ts';
import { type Hellos, hellosOf, openedRecords, type TlsRole, wireRecords } from './capture-records.ts';
import { startAsClient, startAsServer } from './capture-start.ts';
import type { LoggedSecrets } from './key-log.ts';
import { readPackets } from './pcap-read.ts';
import { segmentOf } from './pcap-segments.ts';
import { type CapturedStreams, streamsOf } from './pcap-streams.ts';
import { Play, type ReplayedStep } from './replay-play.ts';
import { Recording } from './replay-recording.ts';

/* Sessions of other stacks, out of a capture and a key log, judged by our engine in the place of one of their ends. */

export interface CaptureOptions {
  /** By the client's random, hex. */
  readonly secrets: ReadonlyMap<string, LoggedSecrets>;
  /** Whom our engine trusts; without one the session is shown and not judged. */
  readonly authority: Certificate | undefined;
  /** In whose place. */
  readonly as: TlsRole;
}

export interface CapturedSession {
  /** Address and port of the TLS client and server. */
  readonly client: string;
  readonly server: string;
  /** What was said, opened as far as the key log goes: what our end sent first, then what it was sent. */
  readonly recorded: readonly TraceStep[];
  readonly judged: Judgement | undefined;
}

export interface Judgement {
  readonly steps: readonly ReplayedStep[];
  /** Both Finished were right, and the other end proved its key if it was asked to. */
  readonly established: boolean;
  readonly state: string | undefined;
  readonly fault: Fault | undefined;
}

/** Those connections that begin with a ClientHello of either end. Throws a CaptureError for a file that is no capture. */
export function capturedSessions(file: Uint8Array, options: CaptureOptions): readonly CapturedSession[] {
  const packets = readPackets(file);
  const segments = packets.flatMap((packet) => segmentOf(packet) ?? []);
  const now = packets.find(({ seconds }) => seconds > 0)?.seconds ?? 0;
  return streamsOf(segments).flatMap((streams) => sessionOf(streams, now, options) ?? []);
}

function sessionOf(
  { opener, accepter }: CapturedStreams,
  now: number,
  options: CaptureOptions,
): CapturedSession | undefined {
  // The piñata's own client speaks first on a connection that the other end opened: who says ClientHello is the client.
  for (const [client, server] of [
    [opener, accepter],
    [accepter, opener],
  ] as const) {
    const records = { client: wireRecords(client.bytes), server: wireRecords(server.bytes) };
    const hellos = hellosOf(records.client, records.server);
    if (hellos === undefined) continue;
    const secrets = options.secrets.get(bytesToHex(hellos.clientRandom)) ?? new Map();
    const other: TlsRole = options.as === 'server' ? 'client' : 'server';
    const recorded: readonly TraceStep[] = [
      ...openedRecords(records[options.as], options.as, 'sent', hellos, secrets),
      ...openedRecords(records[other], other, 'received', hellos, secrets),
    ];
    const judged =
      options.authority === undefined
        ? undefined
        : judge(recorded, { hellos, now, authority: options.authority }, options.as);
    return { client: client.end, server: server.end, recorded, judged };
  }
  return undefined;
}

function judge(
  recorded: readonly TraceStep[],
  setting: { readonly hellos: Hellos; readonly now: number; readonly authority: Certificate },
  as: TlsRole,
): Judgement {
  const begun = { t: 0, type: 'begun', generation: '00'.repeat(32), now: setting.now, versions: [] } as const;
  const recording = new Recording({ format: traceFormat, number: 1, steps: [begun, ...recorded], omitted: 0 });
  const play = new Play(recording, () => (as === 'server' ? startAsServer : startAsClient)(setting, recording));
  play.run();
  const said = play.steps.map(({ step }) => step);
  const state = said.findLast((step) => step.type === 'state');
  return {
    steps: play.steps.filter(({ step }) => step.type !== 'begun'),
    established: play.engine.fault === undefined && said.some(({ type }) => type === 'established'),
    state: state?.type === 'state' ? state.state : undefined,
    fault: play.engine.fault,
  };
}
