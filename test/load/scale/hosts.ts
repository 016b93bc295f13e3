import * as v from 'valibot';
import { costOf } from '../../../infra/deploy/cost.ts';
import type { Provider } from '../../../infra/deploy/deployment.ts';
import { hostSettings, parseHostDefinition } from '../../../infra/host-image/definition.ts';
import { hostFiles } from '../../../infra/host-image/user-data.ts';
import { type PriceName, prices } from '../../../infra/stacks/prices.ts';
import { settingsOf } from '../../../service/host/machine.ts';
import { withinMemory } from '../../../service/host/memory.ts';
import type { Configuration } from '../../../service/host/settings.ts';

/*
 * What `btc-pinata deploy` can make, and what it may use there. Places and threads are asked of the code that runs there, with
 * the machine's memory. Sizes of machines, their share of a processor, network and included traffic are the vendors' words as
 * remembered at the end of 2025: look them up before you rely on them.
 */

interface Machine {
  readonly provider: Provider;
  readonly type: PriceName;
  readonly processors: number;
  readonly mebibytes: number;
  /** Of each processor, all day; more than that is saved up, and then gone (T3 with `cpuCredits: standard`). */
  readonly share: number;
  /** All day, in Mbit a second; for the cheaper vendors what a shared line gives. */
  readonly megabits: number;
  /** GB a month that are paid for with the machine. */
  readonly included: number;
}

export interface Host extends Machine {
  /** On the ports of the bounty; the page has as many of its own. */
  readonly places: number;
  readonly tracesPerSecond: number;
  /** Milliseconds until a silent guest of the bounty is shown out. */
  readonly patience: number;
  readonly traceBytes: number | undefined;
  /** That its threads can use at once. */
  readonly cores: number;
  /** Of those, all day. */
  readonly lastingCores: number;
  /** A month, without traffic; and of one GB beyond what is included. */
  readonly price: number;
  readonly pricePerGigabyte: number;
  readonly currency: 'USD' | 'EUR';
}

const machines: readonly Machine[] = [
  { provider: 'ec2', type: 't3.micro', processors: 2, mebibytes: 1024, share: 0.1, megabits: 64, included: 100 },
  { provider: 'ec2', type: 't3.medium', processors: 2, mebibytes: 4096, share: 0.2, megabits: 256, included: 100 },
  { provider: 'ec2', type: 'm7a.medium', processors: 1, mebibytes: 4096, share: 1, megabits: 390, included: 100 },
  { provider: 'hetzner', type: 'cx23', processors: 2, mebibytes: 4096, share: 1, megabits: 1000, included: 20_000 },
  {
    provider: 'digitalocean',
    type: 's-1vcpu-1gb',
    processors: 1,
    mebibytes: 1024,
    share: 1,
    megabits: 2000,
    included: 1000,
  },
  {
    provider: 'digitalocean',
    type: 's-1vcpu-2gb',
    processors: 1,
    mebibytes: 2048,
    share: 1,
    megabits: 2000,
    included: 2000,
  },
];

const gibibyte = 1.074;
const traffic = {
  ec2: prices['traffic out of AWS'].amount,
  hetzner: prices['traffic out of Hetzner'].amount / 1000,
  digitalocean: prices['traffic out of DigitalOcean'].amount / gibibyte,
} as const satisfies Readonly<Record<Provider, number>>;

const mebibyte = 2 ** 20;
const wish = {
  network: 'mainnet',
  refundKey: `02${'79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798'}`,
};

const sandboxSchema = v.pipe(v.string(), v.parseJson(), v.object({ memoryMebibytes: v.number() }));

/** As the program finds its settings there. */
function settingsOn({ provider, mebibytes }: Machine): Configuration {
  if (provider === 'ec2') {
    const chosen = { network: 'mainnet', refundKey: wish.refundKey.slice(2), lockHeight: 1_000_000 } as const;
    return settingsOf({ ...chosen, name: 'pinata.example' }, mebibytes * mebibyte);
  }
  const definition = parseHostDefinition({
    name: 'pinata',
    network: 'mainnet',
    wallet: 'vault',
    refundKey: wish.refundKey,
    lockHeight: 1_000_000,
    release: { url: 'https://pinata.example/host.tar.gz', sha256: '00'.repeat(32) },
  });
  const manifest = hostFiles(definition).find(({ path }) => path.endsWith('/sandbox.json'));
  const { memoryMebibytes } = v.parse(sandboxSchema, manifest?.content);
  const { configuration } = hostSettings(definition);
  return withinMemory(configuration, Math.min(mebibytes, memoryMebibytes) * mebibyte, configuration.threads);
}

function host(machine: Machine): Host {
  const { provider, type, processors, share } = machine;
  const { connections, threads, tracesPerSecond, handshakeSeconds, data, traceMebibytes } = settingsOn(machine);
  const lines = costOf({ provider, serverType: type, region: 'us-east-1', statusPage: false, pageDomain: false });
  const cores = Math.min(processors, threads + 1);
  return {
    ...machine,
    places: connections,
    tracesPerSecond,
    patience: handshakeSeconds * 1000,
    traceBytes: data === undefined ? undefined : traceMebibytes * mebibyte,
    cores,
    lastingCores: Math.min(cores, processors * share),
    price: lines.reduce((sum, { amount = Number.NaN }) => sum + amount, 0),
    pricePerGigabyte: traffic[provider],
    currency: provider === 'hetzner' ? 'EUR' : 'USD',
  };
}

export const hosts: readonly Host[] = machines.map(host);
