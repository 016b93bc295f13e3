import { equalBytes } from '@noble/curves/utils.js';
import { bytesToHex, concatBytes } from '@noble/hashes/utils.js';
import { failure, type Result, success } from '../x509/index.ts';
import { type HashAlgorithm, hashes, isHashAlgorithm, TPM_ALG } from './tpm-constants.ts';
import { extended, type PcrValues } from './tpm-pcr.ts';

/*
 * The event log of the firmware, in the crypto-agile format of the TCG PC Client Platform Firmware Profile §10.2. Little-endian. The log
 * itself is nobody's word: it says something only where its digests, replayed, are the values that a TPM signed.
 */

export interface LoggedEvent {
  readonly pcrIndex: number;
  readonly eventType: number;
  /** TPM_ALG_ID -> digest; a bank that no rule here knows is in it too. */
  readonly digests: ReadonlyMap<number, Uint8Array>;
  readonly event: Uint8Array;
}

export interface EventLog {
  /** TPM_ALG_ID -> octets of a digest, as the header says. */
  readonly algorithms: ReadonlyMap<number, number>;
  readonly events: readonly LoggedEvent[];
}

/** A boot logs some 30 events in 10 to 20 KiB; the firmware of a PC with many options up to 64. */
export const eventLogLimits = { bytes: 262_144, events: 2_048, algorithms: 8 } as const;

const EV_NO_ACTION = 0x0000_0003;
const specId = 'Spec ID Event03\0';
const startupLocality = 'StartupLocality\0';

class Malformed extends Error {}

class LittleEndian {
  readonly #bytes: Uint8Array;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.at;
  }

  take(length: number, name: string): Uint8Array {
    if (length > this.left) throw new Malformed(`${name} at ${this.at} needs ${length} bytes, ${this.left} are left`);
    const taken = this.#bytes.slice(this.at, this.at + length);
    this.at += length;
    return taken;
  }

  number(length: 1 | 2 | 4, name: string): number {
    return this.take(length, name).reduceRight((sum, octet) => sum * 256 + octet, 0);
  }
}

/** All of `bytes`: a log that ends within an event is refused. */
export function parseEventLog(bytes: Uint8Array): Result<EventLog, string> {
  if (bytes.length > eventLogLimits.bytes)
    return failure(`${bytes.length} bytes, at most ${eventLogLimits.bytes} are read`);
  const reader = new LittleEndian(bytes);
  try {
    const algorithms = header(reader);
    const events: LoggedEvent[] = [];
    while (reader.left > 0) {
      if (events.length === eventLogLimits.events) throw new Malformed(`more than ${eventLogLimits.events} events`);
      events.push(event(reader, algorithms));
    }
    return success({ algorithms, events });
  } catch (error) {
    if (error instanceof Malformed) return failure(error.message);
    throw error;
  }
}

/** TCG_PCClientPCREvent with TCG_EfiSpecIDEvent, §10.4.5.1: SHA-1 in form, zeros in fact. */
function header(reader: LittleEndian): ReadonlyMap<number, number> {
  const index = reader.number(4, 'pcrIndex');
  const type = reader.number(4, 'eventType');
  const digest = reader.take(20, 'digest');
  if (index !== 0 || type !== EV_NO_ACTION || digest.some((octet) => octet !== 0))
    throw new Malformed('the first event is no Spec ID Event');
  const size = reader.number(4, 'eventSize');
  const inner = new LittleEndian(reader.take(size, 'event'));
  if (ascii(inner.take(16, 'signature')) !== specId) throw new Malformed('no crypto-agile log: not Spec ID Event03');
  inner.take(4 + 4, 'platformClass to uintnSize');
  const count = inner.number(4, 'numberOfAlgorithms');
  if (count === 0 || count > eventLogLimits.algorithms) throw new Malformed(`${count} algorithms`);
  const algorithms = new Map<number, number>();
  for (let i = 0; i < count; i++) {
    const algorithm = inner.number(2, 'algorithmId');
    const length = inner.number(2, 'digestSize');
    if (algorithms.has(algorithm)) throw new Malformed(`algorithm 0x${algorithm.toString(16)} twice`);
    if (isHashAlgorithm(algorithm) ? hashes[algorithm].outputLen !== length : length === 0 || length > 64)
      throw new Malformed(`digests of ${length} bytes for algorithm 0x${algorithm.toString(16)}`);
    algorithms.set(algorithm, length);
  }
  inner.take(inner.number(1, 'vendorInfoSize'), 'vendorInfo');
  if (inner.left > 0) throw new Malformed(`${inner.left} bytes too many in the Spec ID Event`);
  return algorithms;
}

/** TCG_PCR_EVENT2, §10.2.2: a digest of each algorithm of the header, once. */
function event(reader: LittleEndian, algorithms: ReadonlyMap<number, number>): LoggedEvent {
  const pcrIndex = reader.number(4, 'pcrIndex');
  const eventType = reader.number(4, 'eventType');
  const count = reader.number(4, 'digests.count');
  if (count !== algorithms.size) throw new Malformed(`${count} digests at ${reader.at}, not ${algorithms.size}`);
  const digests = new Map<number, Uint8Array>();
  for (let i = 0; i < count; i++) {
    const algorithm = reader.number(2, 'hashAlg');
    const length = algorithms.get(algorithm);
    if (length === undefined || digests.has(algorithm))
      throw new Malformed(
        `a digest of 0x${algorithm.toString(16)} at ${reader.at}, unannounced or for the second time`,
      );
    digests.set(algorithm, reader.take(length, 'digest'));
  }
  if (pcrIndex > 23 && eventType !== EV_NO_ACTION) throw new Malformed(`PCR ${pcrIndex}`);
  return { pcrIndex, eventType, digests, event: reader.take(reader.number(4, 'eventSize'), 'event') };
}

/** The values that a bank has after these events, of the registers that they extend. */
export function replayEventLog({ algorithms, events }: EventLog, bank: HashAlgorithm): PcrValues | undefined {
  if (!algorithms.has(bank)) return undefined;
  const { outputLen } = hashes[bank];
  const values = new Map<number, Uint8Array>();
  for (const { pcrIndex, eventType, digests, event } of events) {
    if (eventType === EV_NO_ACTION) {
      // §10.4.5.3: PCR 0 starts with the locality of TPM2_Startup
      if (ascii(event.subarray(0, 16)) === startupLocality && event.length === 17 && !values.has(0))
        values.set(0, concatBytes(new Uint8Array(outputLen - 1), event.subarray(16)));
      continue;
    }
    const digest = digests.get(bank);
    if (digest === undefined) return undefined;
    values.set(pcrIndex, extended(bank, values.get(pcrIndex) ?? new Uint8Array(outputLen), digest));
  }
  return values;
}

/** The registers whose replayed value is not the one given; one without events is to be zero. */
export function replayDifferences(
  log: EventLog,
  values: PcrValues,
  bank: HashAlgorithm = TPM_ALG.SHA256,
): readonly string[] {
  const replayed = replayEventLog(log, bank);
  if (replayed === undefined) return ['the log has no such bank'];
  const zero = new Uint8Array(hashes[bank].outputLen);
  return [...values].flatMap(([pcr, value]) => {
    const expected = replayed.get(pcr) ?? zero;
    return equalBytes(expected, value)
      ? []
      : [`PCR ${pcr}: the log gives ${bytesToHex(expected)}, quoted is ${bytesToHex(value)}`];
  });
}

const ascii = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
