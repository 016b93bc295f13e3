import { NotPe, type Pe, readPe } from '../../service/attest/pe.ts';

/*
 * A unified kernel image: sections appended to systemd's stub, which starts `.linux` with `.initrd` (systemd-stub(7)). It has
 * no `.cmdline`: the kernel has its own and takes no other (kernel.config).
 */

export interface UkiParts {
  readonly linux: Uint8Array;
  readonly initrd: Uint8Array;
  /** As os-release(5). */
  readonly osrel: Uint8Array;
}

/** In the order in which the stub measures them into PCR 11, which is not that of the file. */
export const measuredSections = ['.linux', '.osrel', '.initrd'] as const;

const sectionHeaderLength = 40;
/** IMAGE_SCN_CNT_INITIALIZED_DATA and IMAGE_SCN_MEM_READ. */
const readableData = 0x4000_0040;

/** Throws `NotPe` where the stub is none, or has no room for three more section headers. */
export function uki(stub: Uint8Array, { osrel, initrd, linux }: UkiParts): Uint8Array {
  return withSections(stub, [
    ['.osrel', osrel],
    ['.initrd', initrd],
    ['.linux', linux],
  ]);
}

export function withSections(stub: Uint8Array, added: readonly (readonly [string, Uint8Array])[]): Uint8Array {
  const pe = readPe(stub);
  const headersEnd = pe.offsets.sectionTable + (pe.sections.length + added.length) * sectionHeaderLength;
  const firstContent = Math.min(...pe.sections.map(({ pointerToRawData }) => pointerToRawData || pe.sizeOfHeaders));
  if (headersEnd > Math.min(pe.sizeOfHeaders, firstContent)) {
    throw new NotPe(`no room for ${added.length} more section headers: they would end at ${headersEnd}`);
  }
  let address = endOfImage(pe);
  let end = aligned(stub.length, pe.fileAlignment);
  const placed = added.map(([name, content]) => {
    const place = { name, content, address, start: end, size: aligned(content.length, pe.fileAlignment) };
    address = aligned(address + content.length, pe.sectionAlignment);
    end += place.size;
    return place;
  });

  const file = new Uint8Array(end);
  file.set(stub);
  const view = new DataView(file.buffer);
  view.setUint16(pe.offsets.numberOfSections, pe.sections.length + added.length, true);
  view.setUint32(pe.offsets.sizeOfImage, address, true);
  view.setUint32(pe.offsets.checkSum, 0, true); // nobody checks that of an EFI application
  placed.forEach(({ name, content, address: virtualAddress, start, size }, index) => {
    const at = pe.offsets.sectionTable + (pe.sections.length + index) * sectionHeaderLength;
    file.fill(0, at, at + sectionHeaderLength);
    file.set(Buffer.from(name, 'latin1'), at);
    view.setUint32(at + 8, content.length, true);
    view.setUint32(at + 12, virtualAddress, true);
    view.setUint32(at + 16, size, true);
    view.setUint32(at + 20, start, true);
    view.setUint32(at + 36, readableData, true);
    file.set(content, start);
  });
  return file;
}

const aligned = (value: number, to: number): number => Math.ceil(value / to) * to;

const endOfImage = ({ sections, sectionAlignment }: Pe): number =>
  Math.max(...sections.map((section) => aligned(section.virtualAddress + section.virtualSize, sectionAlignment)));
