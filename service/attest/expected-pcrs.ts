import { authenticodeDigest } from './authenticode.ts';
import { type Banks, digests, pcr4, pcr7WithoutSecureBoot, pcr8, pcr11, replay, zeroRegister } from './pcr.ts';
import { NotPe, readPe, sectionContent } from './pe.ts';

/* From the released file alone: what a machine that booted it reports. */

/** PCR 8 is that of a configuration, and stays out where none is given. */
export interface ExpectedPcrs {
  readonly 4: Banks;
  readonly 7: Banks;
  readonly 8?: Banks;
  readonly 9: Banks;
  readonly 11: Banks;
  readonly 12: Banks;
}

/** In the order in which systemd-stub 252 measures them, whatever their order in the file. Later stubs measure `.sbat` too. */
const measured = ['.linux', '.osrel', '.cmdline', '.initrd', '.splash', '.dtb'] as const;

/**
 * `file` is a UKI or a one-file kernel: the first has a section `.linux`. Where somebody handed it an initramfs or words for
 * the command line, PCR 9 or 12 differs; where the file is another, PCR 4. Throws `NotPe`.
 */
export function expectedPcrs(file: Uint8Array, configuration?: Uint8Array): ExpectedPcrs {
  const pe = readPe(file);
  const sections = measured.flatMap((name) => {
    const content = sectionContent(file, pe, name);
    return content === undefined ? [] : [{ name, content }];
  });
  const content = (wanted: string) => sections.find(({ name }) => name === wanted)?.content;
  const common = {
    7: pcr7WithoutSecureBoot(),
    ...(configuration === undefined ? {} : { 8: pcr8(configuration) }),
    12: zeroRegister,
  };
  const kernel = content('.linux');
  if (kernel === undefined) {
    return { ...common, 4: pcr4([authenticodeDigest(file)]), 9: zeroRegister, 11: zeroRegister };
  }
  const initrd = content('.initrd');
  if (initrd === undefined) throw new NotPe('a unified kernel image without .initrd is none of ours');
  return {
    ...common,
    4: pcr4([authenticodeDigest(file), authenticodeDigest(kernel)]),
    // The kernel's own stub measures the initramfs that it is handed by another.
    9: replay([digests(initrd)]),
    11: pcr11(sections),
  };
}
