import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { AlertName } from '../../service/tls/index.ts';
import type { FailureKey } from '../../service/trace/index.ts';
import { LivePinata } from '../support/live-pinata.ts';
import { RogueClient } from '../support/rogue/client.ts';
import { RogueClient12 } from '../support/rogue/client-12.ts';
import { type Identity, RogueAuthority } from '../support/rogue/identity.ts';
import type { Ending } from '../support/rogue/peer.ts';
import { RogueServer } from '../support/rogue/server.ts';
import { RogueServer12 } from '../support/rogue/server-12.ts';
import { type Transport, Wire } from '../support/rogue/wire.ts';

/*
 * A live piñata under attack. Each attack is a script for a rogue peer; it says with which alert it is to be refused and
 * into which category of the statistics it is to fall. No attack ever gets a byte of application data.
 */

export interface Verdict {
  /** What the piñata says last; undefined where it says nothing. */
  readonly alert: AlertName | undefined;
  readonly category: FailureKey;
}

/** Of whichever version. */
interface Attacker {
  readonly wire: Transport;
  ending(): Promise<Ending>;
}

export type ClientScript = (rogue: RogueClient, arena: Arena) => Promise<void> | void;
export type Client12Script = (rogue: RogueClient12, arena: Arena) => Promise<void> | void;
export type Server12Script = (rogue: RogueServer12, arena: Arena) => Promise<void> | void;
export type ServerScript = (rogue: RogueServer, arena: Arena) => Promise<void> | void;

export class Arena {
  #pinata: LivePinata | undefined;
  #before: Readonly<Record<string, number>> = {};
  readonly #ledger = new Map<FailureKey, number>();
  /** Of the present generation, by owner and role. */
  #certificates: ReadonlyMap<string, Uint8Array> = new Map();
  /** An authority that only the attacker believes in. */
  readonly authority = new RogueAuthority('attacker', ['btc-pinata.invalid']);

  /** Opens it for the tests of this file. */
  static forThisFile(): Arena {
    const arena = new Arena();
    beforeAll(() => arena.#open());
    afterEach(() => Wire.closeAll());
    afterAll(() => arena.#pinata?.stop());
    return arena;
  }

  get pinata(): LivePinata {
    if (this.#pinata === undefined) throw new Error('the arena is not open');
    return this.#pinata;
  }

  /** A client that would be let in. */
  get genuine(): Identity {
    return this.pinata.testClient;
  }

  certificate(title: string): Uint8Array {
    const der = this.#certificates.get(title);
    if (der === undefined)
      throw new Error(`no certificate "${title}"; there are ${[...this.#certificates.keys()].join(', ')}`);
    return der;
  }

  client(): Promise<RogueClient> {
    return RogueClient.connect(this.pinata.ready.ports.server);
  }

  server(): Promise<RogueServer> {
    return RogueServer.connect(this.pinata.ready.ports.reverse);
  }

  /** An attack on the port that plays the server. */
  asClient(name: string, verdict: Verdict, script: ClientScript): void {
    it(name, async () => {
      const rogue = await this.client();
      await script(rogue, this);
      await this.judge(rogue, verdict);
    });
  }

  /** The same in TLS 1.2. */
  asClient12(name: string, verdict: Verdict, script: Client12Script): void {
    it(name, async () => {
      const rogue = await RogueClient12.connect(this.pinata.ready.ports.server);
      await script(rogue, this);
      await this.judge(rogue, verdict);
    });
  }

  /** An attack on the port that plays the client. */
  asServer(name: string, verdict: Verdict, script: ServerScript): void {
    it(name, async () => {
      const rogue = await this.server();
      await script(rogue, this);
      await this.judge(rogue, verdict);
    });
  }

  /** The same in TLS 1.2. */
  asServer12(name: string, verdict: Verdict, script: Server12Script): void {
    it(name, async () => {
      const rogue = await RogueServer12.connect(this.pinata.ready.ports.reverse);
      await script(rogue, this);
      await this.judge(rogue, verdict);
    });
  }

  /** How it must have ended for the attacker; the category is looked at in `everyAttackIsCounted`. */
  async judge(rogue: Attacker, { alert, category }: Verdict): Promise<void> {
    const ending = await rogue.ending();
    rogue.wire.end();
    this.expect(category);
    expect(ending).toEqual({ alerts: alert === undefined ? [] : [alert], data: new Uint8Array(0), how: 'fin' });
  }

  expect(category: FailureKey): void {
    this.#ledger.set(category, (this.#ledger.get(category) ?? 0) + 1);
  }

  /** The last test of a file: the statistics hold exactly the attacks there were. */
  everyAttackIsCounted(): void {
    it('every attack is in its category, and nothing else is', async () => {
      const expected = Object.fromEntries(this.#ledger);
      const deadline = performance.now() + 60_000;
      let counted = await this.#counted();
      while (JSON.stringify(sorted(counted)) !== JSON.stringify(sorted(expected)) && performance.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, 200));
        counted = await this.#counted();
      }
      expect(counted).toEqual(expected);
      expect(await this.pinata.status()).toMatchObject({ successes: { paired: 0, unpaired: 0 } });
    });
  }

  async #open(): Promise<void> {
    this.#pinata = await LivePinata.start();
    this.#certificates = await this.#pinata.certificates();
    this.#before = (await this.#pinata.status()).connections.byCategory;
  }

  /** Connections of the bounty since the arena was opened; our own questions to the website are not among them. */
  async #counted(): Promise<Readonly<Record<string, number>>> {
    const { byCategory } = (await this.pinata.status()).connections;
    return Object.fromEntries(
      Object.entries(byCategory)
        .map(([key, count]) => [key, count - (this.#before[key] ?? 0)] as const)
        .filter(([key, count]) => count !== 0 && !key.startsWith('website.')),
    );
  }
}

const sorted = (counts: Readonly<Record<string, number>>) =>
  Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1));
