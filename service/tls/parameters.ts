import { cipherSuites } from './cipher-suite.ts';
import { cipherSuites12 } from './cipher-suite-12.ts';
import type { CertifiedKey, Choices } from './contract.ts';
import { type NamedGroup, namedGroups } from './named-group.ts';
import { signatureSchemes } from './signature-scheme.ts';
import type { Parameters } from './states.ts';

/** What a session offers or takes (RFC 9846 §4.1.1): all that this stack has, or what the config narrows it to. */
export function parametersOf(choices: Choices | undefined, certifiedKeys: readonly CertifiedKey[]): Parameters {
  narrow('cipher suite', [...cipherSuites, ...cipherSuites12], choices?.cipherSuites);
  return {
    versions: choices?.versions ?? ['1.3', '1.2'],
    cipherSuites: known(cipherSuites, choices?.cipherSuites),
    cipherSuites12: known(cipherSuites12, choices?.cipherSuites),
    groups: narrow('group', namedGroups, choices?.groups),
    signatureSchemes: narrow('signature scheme', signatureSchemes, choices?.signatureSchemes),
    own: certifiedKeys.flatMap(({ chain }) => chain.slice(0, 1)),
  };
}

/** The hybrid hides today's bridges from tomorrow's quantum computer; X25519 beside it saves most servers a round trip. */
export const shareGroupsOf = (choices: Choices | undefined, groups: readonly NamedGroup[]): readonly NamedGroup[] =>
  choices?.shareGroups === undefined ? groups.slice(0, 2) : narrow('share group', groups, choices.shareGroups);

const known = <T extends { readonly name: string }>(
  all: readonly T[],
  names: readonly string[] | undefined,
): readonly T[] => names?.flatMap((name) => all.filter((item) => item.name === name)) ?? all;

function narrow<T extends { readonly name: string }>(
  kind: string,
  all: readonly T[],
  names: readonly string[] | undefined,
): readonly T[] {
  return (
    names?.map((name) => {
      const found = all.find((item) => item.name === name);
      if (found === undefined) {
        throw new RangeError(`unknown ${kind} "${name}"; known are ${all.map((item) => item.name).join(', ')}`);
      }
      return found;
    }) ?? all
  );
}
