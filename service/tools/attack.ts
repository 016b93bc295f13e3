import type { FailureKey, PortKey } from '../trace/index.ts';
import type { Expectation } from './attack-expectation.ts';
import type { AttackKit } from './attack-kit.ts';
import { RogueClient } from './rogue/client.ts';
import { RogueClient12 } from './rogue/client-12.ts';
import { RoguePeer, type Watcher } from './rogue/peer.ts';
import { RogueServer } from './rogue/server.ts';
import { RogueServer12 } from './rogue/server-12.ts';
import { RogueTlsVisitor, RogueVisitor } from './rogue/visitor.ts';
import type { Transport } from './rogue/wire.ts';

/*
 * What an attack is written in. A script is a TypeScript file whose default export is `attack({...})`: which port it is
 * for, how the piñata should refuse it, and what to say. `btc-pinata attack SCRIPT` plays it; so do the tests.
 */

export { type Answers, answers, type Expectation, type Status, type Verdict } from './attack-expectation.ts';
export type { AttackKit } from './attack-kit.ts';
export { type ClientHelloChoices, RogueClient } from './rogue/client.ts';
export { type ClientHello12Choices, RogueClient12 } from './rogue/client-12.ts';
export { forger, type Identity, type Signer } from './rogue/identity.ts';
export type { CertificateVerifyChoices, Heard } from './rogue/peer.ts';
export { Protection } from './rogue/protection.ts';
export { RogueServer } from './rogue/server.ts';
export { RogueServer12, type ServerHello12Choices } from './rogue/server-12.ts';
export { RogueTlsVisitor, RogueVisitor } from './rogue/visitor.ts';
export type { Transport } from './rogue/wire.ts';

interface Description<Value> {
  /** One line for `--list`. */
  readonly title: string;
  /** Rows of docs/ATTACKS.md: `S1`. */
  readonly threats?: readonly string[];
  /** The sections whose rule it breaks. */
  readonly rfc?: string;
  /** A handful of the same kind, by name; each is a connection of its own. */
  readonly variants?: Readonly<Record<string, Value>>;
  readonly expect: Expectation | ((value: Value) => Expectation);
  /** Where each further connection is counted that a variant opens, by `kit.connect` or by being called back. */
  readonly alsoCounted?: readonly FailureKey[];
}

interface AsClient<Value> extends Description<Value> {
  /** We are a client of TLS 1.3, on the port where the piñata is the server. */
  readonly as: 'client';
  play(client: RogueClient, kit: AttackKit, value: Value): Promise<void> | void;
}

interface AsClient12<Value> extends Description<Value> {
  /** We are a client of TLS 1.2. */
  readonly as: 'client-1.2';
  play(client: RogueClient12, kit: AttackKit, value: Value): Promise<void> | void;
}

interface AsServer<Value> extends Description<Value> {
  /** We are a server of TLS 1.3, on the port where the piñata is the client, though the connection is ours. */
  readonly as: 'server';
  play(server: RogueServer, kit: AttackKit, value: Value): Promise<void> | void;
}

interface AsServer12<Value> extends Description<Value> {
  /** We are a server of TLS 1.2. */
  readonly as: 'server-1.2';
  play(server: RogueServer12, kit: AttackKit, value: Value): Promise<void> | void;
}

interface AsCaller<Value> extends Description<Value> {
  /** We ask to be called back, on the port that closes at once; `kit.called` is the call. */
  readonly as: 'caller';
  play(caller: RoguePeer, kit: AttackKit, value: Value): Promise<void> | void;
}

interface AsVisitor<Value> extends Description<Value> {
  /** We visit the website, in clear. */
  readonly as: 'visitor';
  play(visitor: RogueVisitor, kit: AttackKit, value: Value): Promise<void> | void;
}

interface AsTlsVisitor<Value> extends Description<Value> {
  /** The same over TLS 1.3: the handshake is done when the script begins. */
  readonly as: 'tls-visitor';
  play(visitor: RogueTlsVisitor, kit: AttackKit, value: Value): Promise<void> | void;
}

export type AttackScript<Value> =
  | AsClient<Value>
  | AsClient12<Value>
  | AsServer<Value>
  | AsServer12<Value>
  | AsCaller<Value>
  | AsVisitor<Value>
  | AsTlsVisitor<Value>;

/** What the piñata plays there: `dialback` closes at once, and calls; `http` and `https` are its website. */
export type AttackedPort = 'server' | 'client' | 'dialback' | 'http' | 'https';

/** What the piñata calls it in its configuration. */
export const portKeyOf: Readonly<Record<AttackedPort, PortKey>> = {
  server: 'server',
  client: 'reverse',
  dialback: 'dialback',
  http: 'http',
  https: 'https',
};

const attackedPort = {
  client: 'server',
  'client-1.2': 'server',
  server: 'client',
  'server-1.2': 'client',
  caller: 'dialback',
  visitor: 'http',
  'tls-visitor': 'https',
} as const satisfies Record<AttackScript<unknown>['as'], AttackedPort>;

/** One connection's worth of an attack. */
export interface AttackVariant {
  /** Empty where the script has no variants. */
  readonly name: string;
  readonly expect: Expectation;
  /** Says all there is to say; then listens until the piñata has left. */
  play(wire: Transport, kit: AttackKit, watcher: Watcher): Promise<void>;
}

export interface Attack {
  readonly kind: 'btc-pinata/attack';
  readonly title: string;
  readonly threats: readonly string[];
  readonly rfc: string | undefined;
  readonly port: AttackedPort;
  readonly alsoCounted: readonly FailureKey[];
  readonly variants: readonly AttackVariant[];
}

export function attack(script: AttackScript<undefined> & { readonly variants?: never }): Attack;
export function attack<const Value>(
  script: AttackScript<Value> & { readonly variants: Readonly<Record<string, Value>> },
): Attack;
export function attack<const Value>(script: AttackScript<Value | undefined>): Attack {
  const { title, threats = [], rfc, variants, alsoCounted = [] } = script;
  const values = variants === undefined ? [['', undefined] as const] : Object.entries(variants);
  return {
    kind: 'btc-pinata/attack',
    title,
    threats,
    rfc,
    port: attackedPort[script.as],
    alsoCounted,
    variants: values.map(([name, value]) => ({
      name,
      expect: typeof script.expect === 'function' ? script.expect(value) : script.expect,
      async play(wire, kit, watcher) {
        // Each has its own kind of peer, and the script's type says which.
        switch (script.as) {
          case 'client':
            return drive(new RogueClient(wire), watcher, (peer) => script.play(peer, kit, value));
          case 'client-1.2':
            return drive(new RogueClient12(wire), watcher, (peer) => script.play(peer, kit, value));
          case 'server':
            return drive(new RogueServer(wire), watcher, (peer) => script.play(peer, kit, value));
          case 'server-1.2':
            return drive(new RogueServer12(wire), watcher, (peer) => script.play(peer, kit, value));
          case 'caller':
            return drive(new RoguePeer('client', wire), watcher, (peer) => script.play(peer, kit, value));
          case 'visitor':
            return drive(new RogueVisitor(wire), watcher, (peer) => script.play(peer, kit, value));
          case 'tls-visitor': {
            const visitor = await RogueTlsVisitor.enter(new RogueClient(wire), watcher);
            return drive(visitor, watcher, (peer) => script.play(peer, kit, value));
          }
        }
      },
    })),
  };
}

/** Says all there is to say; then listens until the piñata has left. */
async function drive<Peer extends { watcher: Watcher | undefined; ending(): Promise<unknown> }>(
  peer: Peer,
  watcher: Watcher,
  play: (peer: Peer) => Promise<void> | void,
): Promise<void> {
  peer.watcher = watcher;
  await play(peer);
  await peer.ending();
}

/** Whether a module's default export is what `attack` makes: also that of another copy of this file. */
export const isAttack = (value: unknown): value is Attack =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'btc-pinata/attack';
