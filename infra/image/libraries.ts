import { filesOf } from './debian-package.ts';
import { type DebianInput, debianPackage } from './inputs.ts';

/* The libraries that Node is linked to (`ldd node`), out of the pinned packages. */

/** Package -> the name that the loader looks for -> its path in the package. */
const libraries = {
  libc6: {
    'ld-linux-x86-64.so.2': 'lib/x86_64-linux-gnu/ld-linux-x86-64.so.2',
    'libc.so.6': 'lib/x86_64-linux-gnu/libc.so.6',
    'libdl.so.2': 'lib/x86_64-linux-gnu/libdl.so.2',
    'libm.so.6': 'lib/x86_64-linux-gnu/libm.so.6',
    'libpthread.so.0': 'lib/x86_64-linux-gnu/libpthread.so.0',
  },
  'libgcc-s1': { 'libgcc_s.so.1': 'lib/x86_64-linux-gnu/libgcc_s.so.1' },
  'libstdc++6': { 'libstdc++.so.6': 'usr/lib/x86_64-linux-gnu/libstdc++.so.6.0.30' },
} as const satisfies Partial<Record<DebianInput, Readonly<Record<string, string>>>>;

/** Throws `MissingInput`. */
export function sharedLibraries(folder: string | undefined): ReadonlyMap<string, Uint8Array> {
  const read = (name: keyof typeof libraries): readonly (readonly [string, Uint8Array])[] => {
    const wanted = Object.entries<string>(libraries[name]);
    const files = filesOf(
      debianPackage(name, folder),
      wanted.map(([, path]) => path),
    );
    return wanted.map(([as, path]) => [as, files.get(path) ?? new Uint8Array()]);
  };
  return new Map([...read('libc6'), ...read('libgcc-s1'), ...read('libstdc++6')]);
}

const stub = 'usr/lib/systemd/boot/efi/linuxx64.efi.stub';

/** What starts the kernel of a UKI. Throws `MissingInput`. */
export const systemdStub = (folder: string | undefined): Uint8Array =>
  filesOf(debianPackage('systemd-boot-efi', folder), [stub]).get(stub) ?? new Uint8Array();
