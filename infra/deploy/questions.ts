import * as v from 'valibot';
import { Misuse } from '../../service/tools/command-words.ts';
import type { Provider } from './deployment.ts';
import { type Wish, wishSchema } from './options.ts';

/* What is asked of whoever did not say it by a flag. Pure: the terminal is somebody else's. */

export interface Question {
  readonly key: 'name' | 'host' | 'region' | 'network' | 'refundHeight' | 'hostName' | 'email';
  readonly words: string;
  /** Taken by an empty answer, and by --yes. `null`: may be left out. Undefined: has to be said. */
  readonly fallback: string | null | undefined;
}

export interface Known {
  /** Of `AWS_REGION`. */
  readonly region: string | undefined;
  /** A height about a year from now, where somebody could be asked. */
  readonly aYearFromNow: number | undefined;
}

const regionOf: Readonly<Record<Provider, string>> = { ec2: 'us-east-1', hetzner: 'fsn1', digitalocean: 'fra1' };

export const serverTypeOf: Readonly<Record<Provider, string>> = {
  ec2: 't3.micro',
  hetzner: 'cx23',
  digitalocean: 's-1vcpu-1gb',
};

/** All that is not said yet, in this order, since later ones depend on earlier ones. */
export function questions(wish: Wish, known: Known, skipped: ReadonlySet<Question['key']>): readonly Question[] {
  const host = wish.host ?? 'ec2';
  const all: readonly Question[] = [
    { key: 'name', words: 'A name for this deployment', fallback: 'pinata' },
    {
      key: 'host',
      words: 'Where is the host to be: ec2 (attested by its hardware), hetzner, digitalocean',
      fallback: 'ec2',
    },
    {
      key: 'region',
      words: 'In which region',
      fallback: host === 'ec2' ? (known.region ?? regionOf.ec2) : regionOf[host],
    },
    { key: 'network', words: 'On which chain: mainnet, testnet4, signet, regtest', fallback: undefined },
    {
      key: 'refundHeight',
      words: `From which block on may you take the coins back, if nobody has (a year is 52560 blocks)`,
      fallback: known.aYearFromNow === undefined ? undefined : String(known.aYearFromNow),
    },
    { key: 'hostName', words: 'A DNS name of yours for the host (none: its address alone)', fallback: null },
    { key: 'email', words: 'Who is written to when something fails (none: nobody)', fallback: null },
  ];
  return all.filter(({ key }) => wish[key] === undefined && !skipped.has(key));
}

/** The wish with an answer; undefined: left out. Throws a Misuse that says what is allowed. */
export function answered(wish: Wish, { key, fallback, words }: Question, answer: string): Wish | undefined {
  const given = answer.trim() === '' ? fallback : answer.trim();
  if (given === null) return undefined;
  if (given === undefined) throw new Misuse(`${flagName(key)} is wanted. ${words}`);
  const value = key === 'refundHeight' && /^\d{1,9}$/.test(given) ? Number(given) : given;
  const result = v.safeParse(v.partial(wishSchema), { ...wish, [key]: value });
  if (result.success) return result.output;
  throw new Misuse(`${JSON.stringify(given)} cannot be taken for ${flagName(key)}. ${words}`);
}

export const flagName = (key: string): string => `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
