import { readFileSync } from 'node:fs';

/*
 * Each connection takes a descriptor. Where the system gives fewer than there are places, a full bounty would close the
 * page: the kernel would drop its connections as they come, and nobody would be told (design §4.6).
 */

export interface Places {
  /** On the bounty's ports; the website has as many again. */
  readonly connections: number;
  readonly connectionsPerPrefix: number;
}

/** For listeners, dial-backs, files, and connections that are just being turned away. */
const reserved = 256;
/** Where places are few, so many prefixes share them at least. */
const sharers = 4;

/** No more places than `limit` descriptors can serve. */
export function withinDescriptors<Options extends Places>(options: Options, limit: number | undefined): Options {
  return limit === undefined ? options : noMoreThan(options, Math.floor((limit - reserved) / 2));
}

/** One place there always is; and where there are fewer than was asked for, nobody gets more than a part of them. */
export function noMoreThan<Options extends Places>(options: Options, most: number): Options {
  const places = Math.max(1, most);
  if (places >= options.connections) return options;
  const share = Math.max(1, Math.floor(places / sharers));
  return { ...options, connections: places, connectionsPerPrefix: Math.min(options.connectionsPerPrefix, share) };
}

/** RLIMIT_NOFILE of this process (proc(5)), which Node has raised as far as it may; undefined where that is not told. */
export function descriptorLimit(
  read: () => string = () => readFileSync('/proc/self/limits', 'utf8'),
): number | undefined {
  try {
    const [, soft] = /^Max open files +(\d+)/m.exec(read()) ?? [];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    return undefined;
  }
}
