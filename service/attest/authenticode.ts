import { type Banks, hashers } from './pcr.ts';
import { NotPe, readPe } from './pe.ts';

/**
 * The digest by which a firmware names a PE image when it measures it into PCR 4 (TCG PC Client Platform Firmware Profile
 * §3.3.4.4; Microsoft, "Windows Authenticode Portable Executable Signature Format", 2008): all of the file but its checksum,
 * the entry of the data directory for signatures, and the signatures. Throws `NotPe`.
 *
 * Tools that sign pad a file to eight bytes first and a firmware does not: where they would differ it is refused.
 */
export function authenticodeDigest(file: Uint8Array): Banks {
  if (file.length % 8 !== 0) {
    throw new NotPe(
      `${file.length} bytes: the digest is defined alike everywhere only for a multiple of 8; pad the file`,
    );
  }
  const { offsets, sizeOfHeaders, certificateTableSize, sections } = readPe(file);
  const pieces = [
    file.subarray(0, offsets.checkSum),
    file.subarray(offsets.checkSum + 4, offsets.certificateTable),
    file.subarray(offsets.certificateTable + 8, sizeOfHeaders),
  ];
  let hashed = sizeOfHeaders;
  const present = sections.filter(({ sizeOfRawData }) => sizeOfRawData > 0);
  for (const { name, pointerToRawData: start, sizeOfRawData: size } of present.toSorted(
    (a, b) => a.pointerToRawData - b.pointerToRawData,
  )) {
    if (start + size > file.length) throw new NotPe(`section ${name} ends at ${start + size} of ${file.length} bytes`);
    pieces.push(file.subarray(start, start + size));
    hashed += size;
  }
  const end = file.length - certificateTableSize;
  if (end < hashed) throw new NotPe('sections overlap each other, or the signatures');
  pieces.push(file.subarray(hashed, end));
  return hashers((update) => pieces.forEach(update));
}
