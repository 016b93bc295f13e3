/*
 * Capture files: classic pcap (draft-ietf-opsawg-pcap) and pcapng (draft-ietf-opsawg-pcapng), in either byte order. What is cut
 * off at the end is dropped: a capture may have been stopped in the middle of a packet.
 */

export interface Packet {
  /** Of the packet's first header: LINKTYPE_ of the registry that both formats share. */
  readonly linkType: number;
  /** Since 1970; 0 where the format has no time. */
  readonly seconds: number;
  readonly bytes: Uint8Array;
}

/** What is wrong with a file, for whoever named it. */
export class CaptureError extends Error {}

const classic: ReadonlySet<number> = new Set([0xa1b2c3d4, 0xa1b23c4d]); // micro- and nanoseconds
const SECTION_HEADER = 0x0a0d0d0a;
const BYTE_ORDER = 0x1a2b3c4d;

/** Whether these are the first bytes of a capture of either format. */
export function isCapture(bytes: Uint8Array): boolean {
  if (bytes.length < 4) return false;
  const view = viewOf(bytes);
  return view.getUint32(0) === SECTION_HEADER || classic.has(view.getUint32(0)) || classic.has(view.getUint32(0, true));
}

/** Throws a CaptureError for a file that is no capture. */
export function readPackets(bytes: Uint8Array): readonly Packet[] {
  if (!isCapture(bytes)) throw new CaptureError('it is neither a pcap nor a pcapng file');
  return viewOf(bytes).getUint32(0) === SECTION_HEADER ? readNextGeneration(bytes) : readClassic(bytes);
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function readClassic(bytes: Uint8Array): readonly Packet[] {
  const view = viewOf(bytes);
  const little = classic.has(view.getUint32(0, true));
  if (bytes.length < 24) return [];
  const linkType = view.getUint32(20, little) & 0xffff;
  const packets: Packet[] = [];
  for (let at = 24; at + 16 <= bytes.length; ) {
    const seconds = view.getUint32(at, little);
    const length = view.getUint32(at + 8, little);
    at += 16;
    if (at + length > bytes.length) break;
    packets.push({ linkType, seconds, bytes: bytes.subarray(at, at + length) });
    at += length;
  }
  return packets;
}

const block = { interface: 1, simple: 3, enhanced: 6 } as const;

function readNextGeneration(bytes: Uint8Array): readonly Packet[] {
  const view = viewOf(bytes);
  const packets: Packet[] = [];
  let little = true;
  /** Of the section's interfaces, in their order. */
  let interfaces: Interface[] = [];
  for (let at = 0; at + 12 <= bytes.length; ) {
    if (view.getUint32(at) === SECTION_HEADER) {
      little = view.getUint32(at + 8, true) === BYTE_ORDER;
      interfaces = [];
    }
    const type = view.getUint32(at, little);
    const total = view.getUint32(at + 4, little);
    if (total < 12 || at + total > bytes.length) break;
    const body = at + 8;
    const end = at + total - 4;
    const packet = (of: Interface | undefined, units: number, start: number, length: number): void => {
      if (of === undefined || start + length > end) return;
      const { linkType, perSecond } = of;
      packets.push({ linkType, seconds: Math.floor(units / perSecond), bytes: bytes.subarray(start, start + length) });
    };
    if (type === block.interface && body + 8 <= end) {
      const perSecond = unitsPerSecond(view, body + 8, end, little);
      interfaces.push({ linkType: view.getUint16(body, little), perSecond });
    } else if (type === block.enhanced && body + 20 <= end) {
      const units = view.getUint32(body + 4, little) * 2 ** 32 + view.getUint32(body + 8, little);
      packet(interfaces[view.getUint32(body, little)], units, body + 20, view.getUint32(body + 12, little));
    } else if (type === block.simple && body + 4 <= end) {
      packet(interfaces[0], 0, body + 4, Math.min(view.getUint32(body, little), end - body - 4));
    }
    at += total;
  }
  return packets;
}

interface Interface {
  readonly linkType: number;
  readonly perSecond: number;
}

const IF_TSRESOL = 9;

/** The option if_tsresol: a power of ten, or of two with the highest bit set. Microseconds where it is not there. */
function unitsPerSecond(view: DataView, start: number, end: number, little: boolean): number {
  for (let at = start; at + 4 < end; ) {
    const [code, length] = [view.getUint16(at, little), view.getUint16(at + 2, little)];
    if (code === 0) break;
    const exponent = view.getUint8(at + 4);
    if (code === IF_TSRESOL && length === 1) return (exponent & 0x80) === 0 ? 10 ** exponent : 2 ** (exponent & 0x7f);
    at += 4 + Math.ceil(length / 4) * 4;
  }
  return 1e6;
}
