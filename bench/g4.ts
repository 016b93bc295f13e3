import type { ProviderName } from '../service/tls/index.ts';
import { type Benchmark, batch } from './benchmark.ts';
import { outcomeOf } from './child.ts';
import { against } from './figure.ts';
import { quantile } from './measure.ts';
import type { HandshakeProfile } from './tasks/handshake-profile.ts';

/** What the protocol costs beyond its cryptography: codecs, states, certificates, copies. */
export const g4: Benchmark = {
  id: 'G4',
  title: 'protocol overhead: our server handshake beyond the sum of its own primitives',
  async run(run) {
    const script = new URL('./tasks/handshake-profile.ts', import.meta.url);
    const shareOf = async (crypto: ProviderName) =>
      share(await outcomeOf<HandshakeProfile[]>(script, [run.credentialsPath, String(batch(run, 4000))], { crypto }));
    const fast = await shareOf('fast');
    const noble = await shareOf('noble');
    return {
      comparisons: [
        against('of the primitives of our own', fast.percent, '%', { atMost: 15 }),
        against('of the primitives of @noble', noble.percent, '%', { atMost: 15 }),
      ],
      method:
        'Mutual handshakes in memory, server steps alone, with a clock around every call that crosses from the engine into ' +
        'a primitive (key agreement, signatures, HMAC and HKDF, hashes, AEAD). Of the overhead and of each primitive the ' +
        'lower decile, since another process of the machine can only add to them; ' +
        'the clock itself counts as overhead.',
      details: {
        'overhead, µs': Math.round(fast.overhead),
        'primitives of our own, µs': Math.round(fast.cryptography),
        'primitives of @noble, µs': Math.round(noble.cryptography),
        ...Object.fromEntries(
          fast.primitives.map(({ name, calls, microseconds }) => {
            const byNoble = noble.primitives.find((other) => other.name === name)?.microseconds ?? 0;
            return [
              `${calls} x ${name}, our own and @noble, µs`,
              `${Math.round(microseconds)} and ${Math.round(byNoble)}`,
            ];
          }),
        ),
      },
      notes: [
        'The share shrinks or grows with the primitives: beside faster arithmetic the same overhead is a larger part.',
      ],
    };
  },
};

function share(profiles: readonly HandshakeProfile[]) {
  const overhead = undisturbed(profiles.map(({ total, primitives }) => total - sum(primitives)));
  const primitives = primitiveCosts(profiles);
  const cryptography = primitives.reduce((total, { microseconds }) => total + microseconds, 0);
  return { overhead, primitives, cryptography, percent: (100 * overhead) / cryptography };
}

const undisturbed = (values: readonly number[]): number => quantile(values, 0.1);

const sum = (primitives: HandshakeProfile['primitives']): number =>
  Object.values(primitives).reduce((total, { microseconds }) => total + microseconds, 0);

function primitiveCosts(profiles: readonly HandshakeProfile[]) {
  return Object.entries(profiles[0]?.primitives ?? {}).map(([name, { calls }]) => ({
    name,
    calls,
    microseconds: undisturbed(profiles.map(({ primitives }) => primitives[name]?.microseconds ?? 0)),
  }));
}
