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
    const profiles = await outcomeOf<HandshakeProfile[]>(script, [run.credentialsPath, String(batch(run, 600))]);
    const overhead = undisturbed(profiles.map(({ total, primitives }) => total - sum(primitives)));
    const primitives = primitiveCosts(profiles);
    const cryptography = primitives.reduce((total, { microseconds }) => total + microseconds, 0);
    return {
      comparisons: [against('of the primitives', (100 * overhead) / cryptography, '%', { atMost: 15 })],
      method:
        'Mutual handshakes in memory, server steps alone, with a clock around every call that crosses from the engine into ' +
        'a primitive (key agreement, signatures, HMAC and HKDF, hashes, AEAD). Of the overhead and of each primitive the ' +
        'lower decile, since another process of the machine can only add to them; ' +
        'the clock itself counts as overhead.',
      details: {
        'overhead, µs': Math.round(overhead),
        'primitives, µs': Math.round(cryptography),
        ...Object.fromEntries(
          primitives.map(({ name, calls, microseconds }) => [`${calls} x ${name}, µs`, Math.round(microseconds)]),
        ),
      },
      notes: [
        'The share shrinks or grows with the primitives: beside faster arithmetic the same overhead is a larger part.',
      ],
    };
  },
};

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
