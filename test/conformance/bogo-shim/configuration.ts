import { cipherSuites } from '../../../service/tls/cipher-suite.ts';
import { cipherSuites12 } from '../../../service/tls/cipher-suite-12.ts';
import type { CertifiedKey, Choices, ClientConfig, ServerConfig } from '../../../service/tls/index.ts';
import { namedGroups } from '../../../service/tls/named-group.ts';
import { certifiedKey } from './credential.ts';
import { type Flags, Unimplemented } from './flags.ts';
import { schemesOf } from './schemes.ts';
import { trustBy } from './verifier.ts';

/* From the runner's flags to the engine's configuration. What the engine cannot be asked for is Unimplemented. */

export const codeOfSuite = (name: string): number | undefined =>
  [...cipherSuites, ...cipherSuites12].find((suite) => suite.name === name)?.code;

export const codeOfGroup = (name: string): number | undefined => namedGroups.find((group) => group.name === name)?.code;

export function clientConfig(flags: Flags): ClientConfig {
  const [key, ...others] = keysOf(flags);
  if (others.length > 0) throw new Unimplemented('a client has one certificate');
  return {
    serverName: flags['-host-name'] ?? 'example.com',
    alpn: protocolsIn(flags['-advertise-alpn'] ?? ''),
    trust: trustBy(flags),
    ...(key === undefined ? {} : { certifiedKey: key }),
    choices: choicesOf(flags, key === undefined ? [] : [key]),
  };
}

export function serverConfig(flags: Flags): ServerConfig {
  const keys = keysOf(flags);
  if (keys.length === 0) throw new Unimplemented('a server without a certificate');
  const selected = flags['-select-alpn'];
  const asks = flags['-require-any-client-certificate'] || flags['-verify-peer'];
  return {
    certifiedKeys: keys,
    // No protocol is called so: who offers any is told that there is none in common.
    alpn: { protocols: [selected ?? 'none of yours'], absent: 'tolerated' },
    clientAuthentication: asks ? { trust: trustBy(flags) } : 'none',
    choices: choicesOf(flags, keys),
  };
}

/** RFC 7301 §3.1: each name with its length before it. */
export function protocolsIn(list: string): readonly string[] {
  const names: string[] = [];
  for (let at = 0; at < list.length; ) {
    const end = at + 1 + list.charCodeAt(at);
    names.push(list.slice(at + 1, end));
    at = end;
  }
  return names;
}

/** In the order in which they are preferred; the one before any -new-x509-credential comes last. */
function keysOf(flags: Flags): readonly CertifiedKey[] {
  return [...flags.more, flags].flatMap(({ '-cert-file': certificate, '-key-file': key }) =>
    certificate === undefined || key === undefined ? [] : [certifiedKey(certificate, key)],
  );
}

function choicesOf(flags: Flags, keys: readonly CertifiedKey[]): Choices {
  const groups = flags['-curves']?.map((code) => nameOf('group', namedGroups, code));
  const shares = flags['-key-shares']?.map((code) => nameOf('group', namedGroups, code));
  return {
    versions: versionsOf(flags),
    signatureSchemes: schemesOf(flags, keys),
    ...(groups === undefined ? {} : { groups }),
    ...(shares === undefined ? {} : { shareGroups: shares }),
  };
}

/** The runner speaks of versions from TLS 1.0 on; ours are the part of its range that we have. */
function versionsOf(flags: Flags): readonly ('1.3' | '1.2')[] {
  const allows = (version: number): boolean =>
    version >= (flags['-min-version'] ?? 0) && version <= (flags['-max-version'] ?? 0xffff);
  const versions = [
    ...(!flags['-no-tls13'] && allows(0x0304) ? (['1.3'] as const) : []),
    ...(!flags['-no-tls12'] && allows(0x0303) ? (['1.2'] as const) : []),
  ];
  if (versions.length === 0) throw new Unimplemented('neither TLS 1.3 nor TLS 1.2');
  return versions;
}

function nameOf(
  kind: string,
  known: readonly { readonly name: string; readonly code: number }[],
  code: number,
): string {
  const found = known.find((item) => item.code === code);
  if (found === undefined) throw new Unimplemented(`${kind} ${code} is not ours`);
  return found.name;
}
