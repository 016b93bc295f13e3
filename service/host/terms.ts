import type { Terms } from '../bounty/conversation.ts';
import type { CorrelatorOptions } from '../bounty/correlator.ts';
import { type Environment, entropyLength, type Version } from '../tls/index.ts';
import type { Clock } from './clock.ts';
import type { Configuration } from './settings.ts';

/* What all conversations of the bounty share, by the configuration; the same in each thread. */

const drain = { bytes: 64 * 1024, milliseconds: 2000 } as const;
/** All that an honest handshake can need: flights, five certificates, and room for records cut small. */
const byteBudget = 256 * 1024;
/** A record that is dropped before its session is over would be a false breach, so a full house stays below it. */
const recordsPerConnection = 2;

/** A record outlives every session that could still ask for it. */
export const correlatorOptions = (configuration: Configuration): CorrelatorOptions => ({
  lifetime: 2 * configuration.handshakeSeconds * 1000,
  capacity: Math.max(configuration.rememberedHandshakes, recordsPerConnection * configuration.connections),
});

export function termsOf(
  { handshakeSeconds, tls, tlsServer = tls, tlsClient = tls }: Configuration,
  clock: Clock,
  parts: Pick<Terms, 'bait' | 'correlator' | 'lease' | 'environment'>,
): Terms {
  const versions = { server: newestFirst(tlsServer), client: newestFirst(tlsClient) } as const;
  return {
    ...parts,
    versions: (role) => versions[role],
    clock: clock.monotonic,
    patience: handshakeSeconds * 1000,
    byteBudget,
    drain,
  };
}

export const environmentOf =
  (clock: Clock, entropy: (length: number) => Uint8Array): (() => Environment) =>
  () => ({ now: clock.seconds(), entropy: entropy(entropyLength) });

/** The order of preference is not for the configuration to turn round. */
export const newestFirst = (versions: readonly Version[]): readonly Version[] =>
  versions.toSorted((one, other) => Number(other) - Number(one));
