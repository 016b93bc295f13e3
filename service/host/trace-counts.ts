import { type FailureKey, failureKeys, type PortKey, portKeys } from '../trace/index.ts';

/** How often, by port and category. */
export type Counts = { readonly [Port in PortKey]?: { readonly [Key in FailureKey]?: number } };

export function sumOf(all: readonly Counts[]): Counts {
  const sum: { [Port in PortKey]?: { [Key in FailureKey]?: number } } = {};
  for (const counts of all) {
    for (const port of portKeys) {
      for (const key of failureKeys) {
        const count = counts[port]?.[key];
        if (count === undefined) continue;
        const ofPort = sum[port] ?? {};
        ofPort[key] = (ofPort[key] ?? 0) + count;
        sum[port] = ofPort;
      }
    }
  }
  return sum;
}

export const byCategory = (counts: Counts): Readonly<Partial<Record<FailureKey, number>>> => {
  const sum: Partial<Record<FailureKey, number>> = {};
  for (const key of failureKeys) {
    const count = portKeys.reduce((total, port) => total + (counts[port]?.[key] ?? 0), 0);
    if (count > 0) sum[key] = count;
  }
  return sum;
};

export const byPort = (counts: Counts): Readonly<Record<PortKey, number>> => {
  const of = (port: PortKey): number => failureKeys.reduce((sum, key) => sum + (counts[port]?.[key] ?? 0), 0);
  return {
    http: of('http'),
    https: of('https'),
    server: of('server'),
    dialback: of('dialback'),
    reverse: of('reverse'),
  };
};
