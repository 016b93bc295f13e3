import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { AlertName } from '../../service/tls/index.ts';
import type { FailureKey } from '../../service/trace/index.ts';
import { LivePinata } from '../support/live-pinata.ts';
import { RogueClient } from '../support/rogue/client.ts';
import { RogueClient12 } from '../support/rogue/client-12.ts';
import { type Identity, RogueAuthority } from '../support/rogue/identity.ts';
import type { Ending } from '../support/rogue/peer.ts';
import { RogueServer } from '../support/rogue/server.ts';
import { Wire } from '../support/rogue/wire.ts';

/* Where each key of the failure table is brought about, one after the other, in a live piñata. */

/** How a key is reached, or why nobody can. */
export type Way = Reached | { readonly unreachable: string };

export interface Reached {
  /** What the piñata is started with, beside test credentials; as it comes where nothing is said. */
  readonly flags?: readonly string[] | (() => Promise<readonly string[]>);
  /** Resolves to the alerts that came; nothing where there is no TLS to send them by. */
  readonly act: (stage: Stage) => Promise<readonly string[] | undefined>;
  /** Of the alerts, the one and only. */
  readonly alert?: AlertName;
  /** What is counted beside the key, or more than once. */
  readonly counted?: Readonly<Partial<Record<FailureKey, number>>>;
}

export class Stage {
  readonly #pinatas = new Map<string, Promise<LivePinata>>();
  readonly authority = new RogueAuthority('attacker', ['btc-pinata.invalid']);
  #certificates: ReadonlyMap<string, Uint8Array> = new Map();
  #pinata: LivePinata | undefined;

  static forThisFile(): Stage {
    const stage = new Stage();
    beforeAll(() => stage.enter([]));
    afterEach(() => Wire.closeAll());
    afterAll(() => stage.#stop());
    return stage;
  }

  /** The piñata with these flags: one for each set of them, started when it is first asked for. */
  async enter(flags: readonly string[]): Promise<void> {
    const name = flags.join(' ');
    const started = this.#pinatas.get(name) ?? LivePinata.start(flags);
    this.#pinatas.set(name, started);
    this.#pinata = await started;
    this.#certificates = await this.#pinata.certificates();
  }

  get pinata(): LivePinata {
    if (this.#pinata === undefined) throw new Error('nobody has entered the stage');
    return this.#pinata;
  }

  /** Those that were entered, by their flags. */
  async entered(): Promise<readonly (readonly [string, LivePinata])[]> {
    return Promise.all([...this.#pinatas].map(async ([flags, started]) => [flags, await started] as const));
  }

  get genuine(): Identity {
    return this.pinata.testClient;
  }

  certificate(title: string): Uint8Array {
    const der = this.#certificates.get(title);
    if (der === undefined) throw new Error(`no certificate "${title}"`);
    return der;
  }

  /** Connections so far, but for the page's: asking is one. */
  async counts(): Promise<Readonly<Record<string, number>>> {
    return (await this.pinata.status()).connections.byCategory;
  }

  /** Waits until exactly these were counted since `before`, the page apart. */
  async counted(before: Readonly<Record<string, number>>, expected: Readonly<Record<string, number>>): Promise<void> {
    const since = async () => {
      const now = Object.entries(await this.counts());
      const more = now.map(([key, count]) => [key, count - (before[key] ?? 0)] as const);
      return Object.fromEntries(more.filter(([key, count]) => count !== 0 && !(key === 'website.page')));
    };
    await expect.poll(since, { timeout: 60_000, interval: 250 }).toEqual(expected);
  }

  async #stop(): Promise<void> {
    for (const pinata of this.#pinatas.values()) await (await pinata).stop();
  }
}

const alertsOf = async (rogue: { readonly wire: { end(): void }; ending(): Promise<Ending> }) => {
  const { alerts } = await rogue.ending();
  rogue.wire.end();
  return alerts;
};

type Script<Rogue> = (rogue: Rogue, stage: Stage) => Promise<void> | void;

/** A script for a client of port 10000. */
export const client = (alert: AlertName, script: Script<RogueClient>): Reached => ({
  alert,
  act: async (stage) => {
    const rogue = await RogueClient.connect(stage.pinata.ready.ports.server);
    await script(rogue, stage);
    return alertsOf(rogue);
  },
});

export const client12 = (alert: AlertName, script: Script<RogueClient12>): Reached => ({
  alert,
  act: async (stage) => {
    const rogue = await RogueClient12.connect(stage.pinata.ready.ports.server);
    await script(rogue, stage);
    return alertsOf(rogue);
  },
});

/** A script for a server on port 10002. */
export const server = (alert: AlertName, script: Script<RogueServer>): Reached => ({
  alert,
  act: async (stage) => {
    const rogue = await RogueServer.connect(stage.pinata.ready.ports.reverse);
    await script(rogue, stage);
    return alertsOf(rogue);
  },
});

/** A script for a visitor of port 8443, past Finished. */
export const visitor = (alert: AlertName, script: Script<RogueClient>): Reached => ({
  alert,
  act: async (stage) => {
    const rogue = await RogueClient.connect(stage.pinata.ready.ports.https);
    rogue.hello({ protocols: ['http/1.1'], serverName: 'localhost' });
    await rogue.serverFlight();
    rogue.finished();
    rogue.sealWithApplicationKeys();
    await script(rogue, stage);
    return alertsOf(rogue);
  },
});

/** Bytes for port 8080, and the status they are answered with. */
export const http = (status: number, request: string): Reached => ({
  act: async (stage) => {
    const wire = await Wire.connect(stage.pinata.ready.ports.http);
    wire.write(new TextEncoder().encode(request));
    const line = await wire.read(12);
    expect(typeof line === 'string' ? line : new TextDecoder().decode(line)).toBe(`HTTP/1.1 ${status}`);
    wire.end();
    return undefined;
  },
});
