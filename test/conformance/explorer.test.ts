import { utf8ToBytes } from '@noble/hashes/utils.js';
import { describe, expect, it } from 'vitest';
import type { TlsRole } from '../../service/bounty/endpoints.ts';
import { forgedGeneration } from '../bounty/forged.ts';
import { Guest, layTable, makeCredentials } from '../bounty/table.ts';
import { RogueClient } from '../support/rogue/client.ts';
import { forger, type Identity, type Signer } from '../support/rogue/identity.ts';
import type { RoguePeer } from '../support/rogue/peer.ts';
import { RogueServer } from '../support/rogue/server.ts';
import { MemoryTransport } from './memory-transport.ts';

/*
 * Every sequence of messages, by a peer that could authenticate if it wanted to: exactly one releases the bait, and what
 * TLS 1.3 allows in between (ChangeCipherSpec, user_canceled) is all that may stand around it. Sequences grow while the
 * conversation lives; what ended it is never continued. After the "explorer" of TRON (threats.md, State machine).
 */

/** What a peer can do next. `progress` ones are in the one sequence that is right; `neutral` ones change nothing. */
interface Action<Rogue> {
  readonly name: string;
  /** Awaited where it is a promise. */
  act(rogue: Rogue): unknown;
}

const NEUTRAL = ['ChangeCipherSpec', 'user_canceled'];
const tls12 = (type: number, ...body: number[]): Uint8Array => Uint8Array.of(type, 0, 0, body.length, ...body);

/** For both roles: said wherever they have no place. */
const anywhere: readonly Action<RoguePeer>[] = [
  { name: 'ChangeCipherSpec', act: (rogue) => rogue.changeCipherSpec() },
  { name: 'user_canceled', act: (rogue) => rogue.alert(1, 90) },
  { name: 'close_notify', act: (rogue) => rogue.alert(1, 0) },
  { name: 'ApplicationData', act: (rogue) => rogue.data(utf8ToBytes('hello')) },
  { name: 'KeyUpdate', act: (rogue) => rogue.keyUpdate() },
  { name: 'HelloRequest', act: (rogue) => rogue.say(tls12(0)) },
  { name: 'EndOfEarlyData', act: (rogue) => rogue.say(tls12(5)) },
  { name: 'NewSessionTicket', act: (rogue) => rogue.say(tls12(4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0)) },
  { name: 'ServerHelloDone', act: (rogue) => rogue.say(tls12(14)) },
  { name: 'ClientKeyExchange', act: (rogue) => rogue.say(tls12(16, 0)) },
  { name: 'empty Certificate', act: (rogue) => rogue.certificate([]) },
  { name: 'forged CertificateVerify', act: (rogue) => rogue.certificateVerify(forger(new Uint8Array(70))) },
  { name: 'wrong Finished', act: (rogue) => rogue.say(rogue.finishedMessage(new Uint8Array(32))) },
];

/** Without keys yet, what would need them is said as well as it can be: it must be refused before that matters. */
const finishedAsFarAsPossible = (rogue: RoguePeer): void =>
  rogue.handshakeSecrets === undefined ? rogue.say(rogue.finishedMessage(new Uint8Array(32))) : rogue.finished();

const clientActions = (identity: Identity): readonly Action<RogueClient>[] => [
  {
    name: 'ClientHello',
    async act(rogue) {
      rogue.hello({ cipherSuites: [0x1301] });
      if (rogue.handshakeSecrets === undefined) await rogue.serverFlight();
    },
  },
  { name: 'Certificate', act: (rogue) => rogue.certificate(identity.chain) },
  { name: 'CertificateVerify', act: (rogue) => rogue.certificateVerify(identity.signer) },
  { name: 'Finished', act: finishedAsFarAsPossible },
  { name: 'ServerHello', act: (rogue) => rogue.say(tls12(2, 3, 3)) },
  ...anywhere,
];

const serverActions = (identity: Identity): readonly Action<RogueServer>[] => [
  {
    name: 'ServerHello',
    act: (rogue) => (rogue.handshakeSecrets === undefined ? rogue.serverHello() : rogue.say(tls12(2, 3, 3))),
  },
  { name: 'EncryptedExtensions', act: (rogue) => rogue.encryptedExtensions() },
  { name: 'CertificateRequest', act: (rogue) => rogue.certificateRequest() },
  { name: 'Certificate', act: (rogue) => rogue.certificate(identity.chain) },
  { name: 'CertificateVerify', act: (rogue) => rogue.certificateVerify(identity.signer) },
  {
    name: 'Finished',
    act: (rogue) => (rogue.sealing === undefined ? finishedAsFarAsPossible(rogue) : rogue.finished()),
  },
  { name: 'ClientHello', act: (rogue) => rogue.say(tls12(1, 3, 3)) },
  ...anywhere,
];

/** One conversation of ours in `role`, from the start, with a peer that goes through these actions. */
async function follow<Rogue extends RoguePeer>(
  role: TlsRole,
  begin: (transport: MemoryTransport) => Rogue | Promise<Rogue>,
  path: readonly Action<Rogue>[],
  lease: ReturnType<ReturnType<typeof forgedGeneration>['lease']>,
): Promise<Guest> {
  const guest = new Guest(role, layTable({ lease }, credentials));
  const rogue = await begin(new MemoryTransport(guest));
  for (const { act } of path) await act(rogue);
  return guest;
}

/** All sequences that live, and all that follow from them by one more action. */
async function explore<Rogue extends RoguePeer>(
  actions: readonly Action<Rogue>[],
  limits: { readonly length: number; readonly neutral: number },
  run: (path: readonly Action<Rogue>[]) => Promise<Guest>,
): Promise<{ readonly released: readonly string[]; readonly tried: number }> {
  const released: string[] = [];
  let tried = 0;
  let alive: readonly (readonly Action<Rogue>[])[] = [[]];
  for (let length = 1; length <= limits.length; length++) {
    const next: (readonly Action<Rogue>[])[] = [];
    for (const prefix of alive) {
      for (const action of actions) {
        const path = [...prefix, action];
        const neutral = path.filter(({ name }) => NEUTRAL.includes(name)).length;
        if (neutral > limits.neutral) continue;
        tried++;
        const guest = await run(path);
        const told = path.map(({ name }) => name).join(' ');
        const lives = guest.phase === 'handshaking' || guest.phase === 'silent';
        expect(guest.outcomes.length, told).toBe(lives ? 0 : 1);
        if (guest.outcomes.some(({ type }) => type === 'released')) released.push(told);
        if (lives) next.push(path);
      }
    }
    alive = next;
  }
  return { released, tried };
}

const credentials = makeCredentials();
const forged = forgedGeneration(credentials);

function identity(role: TlsRole): Identity {
  const { chain, key } = forged.leaf(role);
  const signer: Signer = { scheme: 0x0403, sign: (content) => key.sign(content) };
  return { chain: chain.map(({ der }) => der), signer };
}

/** Each way to put neutral actions between those of the one right sequence; the last of it ends the conversation. */
const isRight = (told: string, right: readonly string[]): boolean =>
  told
    .split(/ (?=[A-Z]|user|close|empty|forged|wrong)/)
    .filter((name) => !NEUTRAL.includes(name))
    .join(' ') === right.join(' ') && told.endsWith('Finished');

describe('every sequence of messages', () => {
  it('to our server: ClientHello Certificate CertificateVerify Finished, and nothing else', async () => {
    const actions = clientActions(identity('client'));
    const lease = forged.lease();
    const { released, tried } = await explore(actions, { length: 6, neutral: 2 }, (path) =>
      follow('server', (transport) => new RogueClient(transport), path, lease),
    );
    const right = ['ClientHello', 'Certificate', 'CertificateVerify', 'Finished'];
    expect(released.filter((told) => !isRight(told, right))).toEqual([]);
    expect(released).toContain(right.join(' '));
    // user_canceled alone before ClientHello, both in the three gaps after it: 1 + 7 + 31 ways to place up to two.
    expect({ tried, released: released.length }).toEqual({ tried: 1256, released: 39 });
  });

  it('to our client: ServerHello EncryptedExtensions CertificateRequest Certificate CertificateVerify Finished', async () => {
    const actions = serverActions(identity('server'));
    const lease = forged.lease();
    const begin = async (transport: MemoryTransport): Promise<RogueServer> => {
      const rogue = new RogueServer(transport);
      await rogue.hearClientHello();
      return rogue;
    };
    const { released, tried } = await explore(actions, { length: 7, neutral: 1 }, (path) =>
      follow('client', begin, path, lease),
    );
    const right = [
      'ServerHello',
      'EncryptedExtensions',
      'CertificateRequest',
      'Certificate',
      'CertificateVerify',
      'Finished',
    ];
    expect(released.filter((told) => !isRight(told, right))).toEqual([]);
    expect(released).toContain(right.join(' '));
    // Six gaps for one of two, or none: 1 + 12.
    expect({ tried, released: released.length }).toEqual({ tried: 876, released: 13 });
  });
});
