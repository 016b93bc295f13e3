import { seededRandom, shuffled } from './seeded-random.ts';
import type { Kind } from './simulate-visit.ts';

/* How many of each kind come, in which order, and from where. */

/** What the article had, and the kinds are counted for. */
export const inTheArticle = { visitors: 50_000, addresses: 1_000, connections: 21_000 } as const;
/** There are 254 x 256 prefixes of 24 bits that can be told apart, and others than visitors of the page need some. */
export const mostVisitors = 60_000;

export interface Planned {
  readonly kind: Kind;
  /** 127.a.b.c */
  readonly from: string;
}

export interface CrowdOptions {
  readonly visitors: number;
  /** At most so many in all, those that the piñata opens included. */
  readonly connections: number;
  readonly seed: string;
}

/** Undefined where one of each kind is more than is allowed already. */
export function plannedCrowd(kinds: readonly Kind[], options: CrowdOptions): readonly Planned[] | undefined {
  const counts = allotted(kinds, options);
  if (counts === undefined) return undefined;
  const random = seededRandom(options.seed);
  const everyone = kinds.flatMap((kind, index) => Array.from({ length: counts[index] ?? 0 }, () => kind));
  const inOrder = shuffled(everyone, random);
  // Those who wait come first: then their time is up when the others have gone.
  const sorted = [...inOrder.filter(({ waits }) => waits === true), ...inOrder.filter(({ waits }) => waits !== true)];
  const attackers = Math.max(1, Math.ceil((options.visitors / inTheArticle.visitors) * inTheArticle.addresses));
  let next = attackers;
  return sorted.map((kind) => {
    // A few tried often, and most once or twice.
    const number = comesAlone(kind) ? next++ : Math.floor(random() ** 2 * attackers);
    return { kind, from: address(number) };
  });
}

/** Visitors of the page are one address each; so is who is called back, for the call goes to the address. */
const comesAlone = ({ expect }: Kind): boolean =>
  Object.keys(expect).some((key) => /^(?:website|http|dialback)\./.test(key));

/** How many of each: at least one, whatever the scale, so that each kind is tried. */
function allotted(kinds: readonly Kind[], { visitors, connections }: CrowdOptions): readonly number[] | undefined {
  const at = (scale: number) => kinds.map(({ count }) => Math.max(1, Math.round(count * scale)));
  const total = (scale: number): number =>
    at(scale).reduce((sum, count, index) => sum + count * connectionsOf(kinds[index]), 0);
  if (total(0) > connections) return undefined;
  let [low, high] = [0, visitors / inTheArticle.visitors];
  if (total(high) <= connections) return at(high);
  for (let step = 0; step < 40; step += 1) {
    const middle = (low + high) / 2;
    if (total(middle) <= connections) low = middle;
    else high = middle;
  }
  return at(low);
}

/** As many as one visit is counted as. */
export const connectionsOf = (kind: Kind | undefined): number =>
  Object.values(kind?.expect ?? {}).reduce((sum, count) => sum + count, 0);

/** The prefixes of 24 bits are all different, and neighbours in number are far apart. 127.0.0.0/16 is left to others. */
function address(number: number): string {
  const a = 1 + (number % 254);
  const b = Math.floor(number / 254) % 256;
  return `127.${a}.${b}.${1 + ((number * 7) % 254)}`;
}
