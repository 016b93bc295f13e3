import { Misuse, parseWords, wholeNumber } from './command-words.ts';
import { lawfulSequences } from './explore-lawful.ts';
import type { Role, Version } from './explore-world.ts';

export interface ExploreOptions {
  readonly roles: readonly Role[];
  readonly versions: readonly Version[];
  /** Undefined: of each exploration its own. */
  readonly depth: number | undefined;
  readonly idle: number;
  readonly json: boolean;
}

const DEPTH = 6;
const MAX_DEPTH = 12;

/** Six, and where a lawful handshake is longer, as long as that: an exploration that accepts nothing shows nothing. */
export const defaultDepth = (role: Role, version: Version): number =>
  Math.max(DEPTH, ...lawfulSequences(role, version).map(({ length }) => length));

export const exploreUsage = `Usage: btc-pinata explore [options]

Plays every sequence of messages against this TLS engine: lawful ones, and all that arise where messages are dropped,
repeated, reordered, taken from the other version, forged, sealed too early or not at all. The opposite end holds the
right keys, and computes its signatures and its Finished over what was really said, so that nothing but the order gives
it away. Only the handshakes of the RFCs may end in a verified peer.

  --role ROLE     the engine as server or as client alone (both)
  --version V     handshakes of 1.2 or 1.3 alone (both; the engine speaks both all the time)
  --depth N       records of a sequence (6, or the length of the lawful handshake)
  --idle N        how many of them may say nothing, as the ChangeCipherSpec of TLS 1.3 (1)
  --json          one line of JSON for each role and version

Exit status: 0 nothing but the lawful sequences; 1 another one was accepted, or a lawful one refused; 2 wrong usage.`;

/** The options of a command line, or what is wrong with it. */
export function parseExploreOptions(argv: readonly string[]): ExploreOptions | { readonly misuse: string } {
  try {
    const { values } = parseWords({
      args: [...argv],
      options: {
        role: { type: 'string' },
        version: { type: 'string' },
        depth: { type: 'string' },
        idle: { type: 'string', default: '1' },
        json: { type: 'boolean', default: false },
      },
    });
    return {
      roles: choice('role', values.role, ['server', 'client']),
      versions: choice('version', values.version, ['1.3', '1.2']),
      depth: values.depth === undefined ? undefined : wholeNumber('--depth', values.depth, 1, MAX_DEPTH),
      idle: wholeNumber('--idle', values.idle, 0, MAX_DEPTH),
      json: values.json,
    };
  } catch (error) {
    if (error instanceof Misuse) return { misuse: error.message };
    throw error;
  }
}

function choice<T extends string>(name: string, text: string | undefined, all: readonly T[]): readonly T[] {
  const chosen = all.filter((value) => text === undefined || value === text);
  if (chosen.length > 0) return chosen;
  throw new Misuse(`--${name} is ${JSON.stringify(text)}; allowed are ${all.join(' and ')}`);
}
