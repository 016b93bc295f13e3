import { createHash } from 'node:crypto';

/** Numbers from 0 to below 1, the same for the same seed: 48 bits each of the hash of the seed and a counter. */
export function seededRandom(seed: string): () => number {
  let counter = 0;
  return () => {
    const digest = createHash('sha256').update(`${seed}:${counter}`).digest();
    counter += 1;
    return digest.readUIntBE(0, 6) / 2 ** 48;
  };
}

/** In an order that `random` decides. */
export function shuffled<T>(items: readonly T[], random: () => number): readonly T[] {
  const placed = items.map((item) => ({ item, at: random() }));
  return placed.sort((one, other) => one.at - other.at).map(({ item }) => item);
}
