import { sha256, sha384 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import type { BankName } from './tpm-pcr.ts';

/*
 * What the platform configuration registers hold after our image was booted, computed from the image alone (attestation.md
 * §3, §4; TCG PC Client Platform Firmware Profile §3.3.4). Where a verifier finds another value, something else was booted.
 */

/** A digest, or the value of a register, in each bank. */
export type Banks = Readonly<Record<BankName, Uint8Array>>;

/** The digest of whatever `write` hands over, in each bank. */
export function hashers(write: (update: (bytes: Uint8Array) => void) => void): Banks {
  const running = [sha256.create(), sha384.create()] as const;
  write((bytes) => running.forEach((hash) => void hash.update(bytes)));
  return { sha256: running[0].digest(), sha384: running[1].digest() };
}

export const digests = (bytes: Uint8Array): Banks => hashers((update) => update(bytes));

/** A register that nothing was extended into since the machine started. */
export const zeroRegister: Banks = { sha256: new Uint8Array(32), sha384: new Uint8Array(48) };

export const extendRegister = (value: Banks, event: Banks): Banks => ({
  sha256: sha256(concatBytes(value.sha256, event.sha256)),
  sha384: sha384(concatBytes(value.sha384, event.sha384)),
});

export const replay = (events: readonly Banks[]): Banks => events.reduce(extendRegister, zeroRegister);

/** EV_SEPARATOR of a firmware without an error: between what it is and what it starts. */
const separator = digests(new Uint8Array(4));

/**
 * PCR 4: which programs were started, each by its Authenticode digest. `programs` is the file that the firmware started and,
 * of a UKI whose stub starts the kernel through the firmware (systemd before 258), the kernel in it.
 */
export const pcr4 = (programs: readonly Banks[]): Banks =>
  replay([digests(utf8ToBytes('Calling EFI Application from Boot Option')), separator, ...programs]);

/** EFI_GLOBAL_VARIABLE and EFI_IMAGE_SECURITY_DATABASE_GUID, as they are in memory (UEFI 2.10 §3.3, §32.4.1). */
const globalVariable = Uint8Array.of(
  ...[0x61, 0xdf, 0xe4, 0x8b, 0xca, 0x93, 0xd2, 0x11, 0xaa, 0x0d, 0x00, 0xe0, 0x98, 0x03, 0x2b, 0x8c],
);
const securityDatabase = Uint8Array.of(
  ...[0xcb, 0xb2, 0x19, 0xd7, 0x3a, 0x3d, 0x96, 0x45, 0xa3, 0xbc, 0xda, 0xd0, 0x0e, 0x67, 0x65, 0x6f],
);

/** UEFI_VARIABLE_DATA: GUID, length of the name in characters, length of the data, name in UTF-16LE, data. */
function variable(guid: Uint8Array, name: string, data: Uint8Array): Banks {
  const lengths = new DataView(new ArrayBuffer(16));
  lengths.setBigUint64(0, BigInt(name.length), true);
  lengths.setBigUint64(8, BigInt(data.length), true);
  const utf16 = Uint8Array.from([...name].flatMap((letter) => [letter.charCodeAt(0), 0]));
  return digests(concatBytes(guid, new Uint8Array(lengths.buffer), utf16, data));
}

const nothing = new Uint8Array();

/** PCR 7 of a machine whose Secure Boot is off and has no keys: the same for every image. */
export const pcr7WithoutSecureBoot = (): Banks =>
  replay([
    variable(globalVariable, 'SecureBoot', Uint8Array.of(0)),
    variable(globalVariable, 'PK', nothing),
    variable(globalVariable, 'KEK', nothing),
    variable(securityDatabase, 'db', nothing),
    variable(securityDatabase, 'dbx', nothing),
    separator,
  ]);

/** PCR 8: the configuration, which the image itself extends before it opens a port. `canonical` is its text. */
export const pcr8 = (canonical: Uint8Array): Banks => replay([digests(canonical)]);

export interface Section {
  readonly name: string;
  readonly content: Uint8Array;
}

/**
 * PCR 11 of a UKI: its sections, each by name and by content, in the order in which systemd-stub measures them. A one-file
 * kernel has no stub, and leaves it at zero.
 */
export const pcr11 = (sections: readonly Section[]): Banks =>
  replay(sections.flatMap(({ name, content }) => [digests(utf8ToBytes(`${name}\0`)), digests(content)]));
