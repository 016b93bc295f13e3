import { concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import { defaultDialbackTargetPort } from '../bounty/endpoints.ts';
import type { AttemptHead, AttemptLine, TraceStep } from '../trace/index.ts';
import { defaultPort } from './command-words.ts';
import { CapturedConnection, type Sender, type TcpEndpoint, type Time } from './pcap.ts';
import { headerOf, toldRecord } from './trace-records.ts';

/*
 * An attempt as packets (see pcap.ts). The addresses are made up, of those that documents use (RFC 3849): the peer's is its
 * pseudonym of that day. What a trace does not hold, the content of an encrypted record that is not kept, is zeros.
 */

/** The packets of one attempt, to be appended to a capture; of one without a body none. */
export function attemptPackets({ head, body }: AttemptLine): Uint8Array {
  if (body === null) return new Uint8Array(0);
  const ours: TcpEndpoint = { address: '2001:db8:ffff::1', port: portOf(head) };
  const theirs: TcpEndpoint = { address: peerAddress(head), port: peerPort(head) };
  // On 10001 we call back: that connection is ours.
  const weOpened = head.port === 'dialback';
  const connection = weOpened ? new CapturedConnection(ours, theirs) : new CapturedConnection(theirs, ours);
  const us: Sender = weOpened ? 'opener' : 'accepter';
  const peer: Sender = weOpened ? 'accepter' : 'opener';
  const at = (t: number): Time => BigInt(head.at + t) * 1_000_000n;
  const packets = [connection.open(at(0))];
  for (const step of body.steps) {
    const bytes = bytesOf(step);
    if (bytes.length === 0) continue;
    const sent = step.type === 'record' && step.direction === 'sent';
    packets.push(connection.data(at(step.t), sent ? us : peer, bytes));
  }
  const last = at(head.milliseconds);
  const reset = body.steps.some(({ type }) => type === 'reset');
  packets.push(reset ? connection.reset(last, peer) : endOf(connection, last, us, peer));
  return concatBytes(...packets);
}

const endOf = (connection: CapturedConnection, at: Time, us: Sender, peer: Sender): Uint8Array =>
  concatBytes(connection.end(at, us), connection.end(at, peer));

/** What went over the wire in a step, as far as it is known. */
function bytesOf(step: TraceStep): Uint8Array {
  if (step.type === 'rest') return hexToBytes(step.bytes);
  if (step.type !== 'record') return new Uint8Array(0);
  const record = toldRecord(step);
  const { content } = record;
  const fragment = 'fragment' in content ? content.fragment : new Uint8Array(record.length);
  return concatBytes(headerOf(record), fragment);
}

/** Where we are called back to is the caller's port, so that Wireshark finds TLS there. */
const peerPort = ({ port, number }: AttemptHead): number =>
  port === 'dialback' ? defaultDialbackTargetPort : firstFreePort + (number % freePorts);
const portOf = ({ port, number }: AttemptHead): number =>
  port === 'dialback' ? firstFreePort + (number % freePorts) : defaultPort(port);

/** RFC 6335 §6: those that nobody is assigned. */
const firstFreePort = 49_152;
const freePorts = 16_384;

function peerAddress({ visitor }: AttemptHead): string {
  const groups = [0, 4, 8, 12].map((at) => visitor.slice(at, at + 4));
  return `2001:db8:0:0:${groups.join(':')}`;
}
