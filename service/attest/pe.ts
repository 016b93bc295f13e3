/* What is read of a PE image (Microsoft, "PE Format"): enough to hash it as a firmware does, and to add sections to it. */

/** A file that is no PE32+ image, or one whose parts overlap or reach beyond its end. */
export class NotPe extends Error {
  override readonly name = 'NotPe';
}

export interface PeSection {
  /** Up to eight characters. */
  readonly name: string;
  /** Of the content, in memory; the file may hold more (padding) or less (zeros). */
  readonly virtualSize: number;
  readonly virtualAddress: number;
  /** Where the content is in the file, and how long with its padding. */
  readonly pointerToRawData: number;
  readonly sizeOfRawData: number;
}

export interface Pe {
  /** Offsets in the file of fields that are read or written by their place. */
  readonly offsets: {
    readonly numberOfSections: number;
    readonly sizeOfImage: number;
    readonly checkSum: number;
    /** Entry 4 of the data directories: where signatures are. */
    readonly certificateTable: number;
    readonly sectionTable: number;
  };
  readonly sizeOfHeaders: number;
  readonly sectionAlignment: number;
  readonly fileAlignment: number;
  /** In bytes, at the end of the file; 0 where nobody signed it. */
  readonly certificateTableSize: number;
  readonly sections: readonly PeSection[];
}

const sectionHeaderLength = 40;
const mostSections = 96;

/** Throws `NotPe`. */
export function readPe(file: Uint8Array): Pe {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const u16 = (at: number): number => view.getUint16(within(file, at, 2), true);
  const u32 = (at: number): number => view.getUint32(within(file, at, 4), true);

  if (u16(0) !== 0x5a4d) throw new NotPe('no PE image: it does not begin with MZ');
  const header = u32(0x3c);
  if (u32(header) !== 0x0000_4550) throw new NotPe('no PE image: no PE signature where the DOS header says');
  const coff = header + 4;
  const optional = coff + 20;
  if (u16(optional) !== 0x020b) throw new NotPe('no PE32+ image: its optional header has another magic number');
  const directories = u32(optional + 108);
  if (directories < 5) throw new NotPe(`${directories} data directories: the fifth, of signatures, is missing`);
  const count = u16(coff + 2);
  if (count > mostSections) throw new NotPe(`${count} sections, at most ${mostSections} are read`);
  const sectionTable = optional + u16(coff + 16);
  const sections = Array.from({ length: count }, (_, index) => {
    const at = sectionTable + index * sectionHeaderLength;
    return {
      name: String.fromCharCode(...file.subarray(at, at + 8)).replace(/\0+$/, ''),
      virtualSize: u32(at + 8),
      virtualAddress: u32(at + 12),
      sizeOfRawData: u32(at + 16),
      pointerToRawData: u32(at + 20),
    };
  });
  const sizeOfHeaders = within(file, 0, u32(optional + 60)) + u32(optional + 60);
  return {
    offsets: {
      numberOfSections: coff + 2,
      sizeOfImage: optional + 56,
      checkSum: optional + 64,
      certificateTable: optional + 112 + 4 * 8,
      sectionTable,
    },
    sizeOfHeaders,
    sectionAlignment: u32(optional + 32),
    fileAlignment: u32(optional + 36),
    certificateTableSize: u32(optional + 112 + 4 * 8 + 4),
    sections,
  };
}

function within(file: Uint8Array, at: number, length: number): number {
  if (at + length > file.length) throw new NotPe(`offset ${at + length} is beyond its ${file.length} bytes`);
  return at;
}

/** What a section holds in memory: its content without the padding of the file. Undefined where there is none of that name. */
export function sectionContent(file: Uint8Array, pe: Pe, name: string): Uint8Array | undefined {
  const section = pe.sections.find((candidate) => candidate.name === name);
  if (section === undefined) return undefined;
  const { pointerToRawData: start, sizeOfRawData, virtualSize } = section;
  const length = Math.min(sizeOfRawData, virtualSize);
  return file.subarray(within(file, start, length), start + length);
}
