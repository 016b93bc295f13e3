import { bytesToHex } from '@noble/hashes/utils.js';
import { describe, expect, test } from 'vitest';
import type { ServerConfig, Version } from '../../service/tls/index.ts';
import { type EngineSocket, listenEngine } from '../support/engine-socket.ts';
import { type ForeignKeyType, ForeignPki, type OwnKeyType, serverName } from '../support/foreign-pki.ts';
import type { PeerProcess } from '../support/peer-process.ts';
import {
  type ClientPeer,
  combinationsOf,
  exportedWith,
  exporterLabel,
  exporterLength,
  type GroupName,
  versions,
} from './peers/peer.ts';

/**
 * A foreign client against our server, both ends with a certificate: every suite, group and type of signature they share.
 * In brief: every seventh of these, and nothing else.
 */
export function describeForeignClient(client: ClientPeer, brief: 'in brief' | 'whole' = 'whole'): void {
  const missing = client.requires.some((requirement) => requirement.missing);

  describe.skipIf(missing)(`${client.name} to our server`, () => {
    const pki = new ForeignPki();

    interface Meeting {
      readonly keyType: ForeignKeyType;
      readonly ownKeyType: OwnKeyType;
      readonly offered: readonly GroupName[];
    }
    const plain: Meeting = { keyType: 'p256', ownKeyType: 'p256', offered: ['x25519', 'secp256r1'] };

    async function meet(
      version: Version,
      { keyType, ownKeyType, offered }: Meeting,
      config: Partial<ServerConfig> = {},
    ) {
      const own = await pki.own('server', ownKeyType);
      const { port, next } = await listenEngine({
        certifiedKeys: [own],
        alpn: { protocols: ['pinata/1'], absent: client.alpn === undefined ? 'tolerated' : 'refused' },
        clientAuthentication: { trust: await pki.trust('client', keyType) },
        ...config,
      });
      const credential = await pki.leaf('client', keyType);
      const authorities = await pki.authorities([ownKeyType]);
      const { folder } = pki;
      const program = await client.connect(port, { version, credential, authorities, groups: offered, folder });
      const engine = await next();
      return { engine, program, credential };
    }

    const combinations = versions.flatMap((version) => combinationsOf(version, client, 'us'));
    test.each(combinations.filter((_, turn) => brief === 'whole' || turn % 7 === 0))(
      'TLS $version, $suite, $group, its key $keyType',
      async (combination) => {
        const { version, suite, group } = combination;
        const { engine, program, credential } = await meet(version, combination, {
          choices: { cipherSuites: [suite], groups: [group] },
        });
        expect(await engine.established()).toMatchObject({
          version,
          cipherSuite: suite,
          group,
          serverName,
          applicationProtocol: client.alpn,
        });
        expect(engine.peer?.mutual).toBe(true);
        expect(engine.peer?.path.leaf.der).toEqual(credential.certificate.der);
        await converse(engine, program);
        const ours = engine.exporter(exporterLabel, exporterLength) ?? new Uint8Array(0);
        await left(engine, program);
        const exported = exportedWith(client, suite);
        if (exported !== undefined) {
          // Only now: NSS's program says it when its output is flushed, at the end.
          const [, theirs = ''] = await program.until(exported);
          expect(hexDigits(theirs)).toBe(bytesToHex(ours));
        }
      },
    );

    if (brief === 'in brief') return;

    test('HelloRetryRequest, where it has no share of the group we want', async () => {
      const [first, second] = groupsApart();
      const { engine, program } = await meet(
        '1.3',
        { ...plain, offered: [first, second] },
        { choices: { groups: [second] } },
      );
      expect((await engine.established()).group).toBe(second);
      expect(handshakes(engine, 'received').filter((message) => message === 'client_hello')).toHaveLength(2);
      await converse(engine, program);
      await left(engine, program);
    });

    test.each(versions)('TLS %s: our close_notify is an end it takes for proper', async (version) => {
      const { engine, program } = await meet(version, plain);
      await engine.established();
      await converse(engine, program);
      engine.close();
      program.endInput();
      await engine.ended();
      expect(await program.exited()).toBe(0);
    });

    const { keyUpdate } = client;
    if (keyUpdate !== undefined) {
      test('KeyUpdate: it asks, both change keys, and the talk goes on', async () => {
        const { engine, program } = await meet('1.3', plain);
        await engine.established();
        await converse(engine, program);
        for (const round of ['first', 'second']) {
          const before = { sent: handshakes(engine, 'sent').length, received: handshakes(engine, 'received').length };
          program.write(keyUpdate);
          await engine.until('its KeyUpdate', () => handshakes(engine, 'received').length > before.received);
          await converse(engine, program, `after the ${round} KeyUpdate`);
          // Ours is due before our next application data (RFC 9846 §4.6.3).
          expect(handshakes(engine, 'sent').length).toBe(before.sent + 1);
        }
        expect(handshakes(engine, 'received').filter((message) => message === 'key_update')).toHaveLength(2);
        expect(handshakes(engine, 'sent').filter((message) => message === 'key_update')).toHaveLength(2);
        await left(engine, program);
      });
    }

    test.each(versions)('TLS %s: a client whose authority is not ours is told unknown_ca', async (version) => {
      const { engine, program } = await meet(version, plain, {
        clientAuthentication: { trust: await pki.trust('client', 'ed25519') },
      });
      expect((await engine.fault()).reason).toBe('no_trust_anchor');
      expect(engine.event('alert', ({ direction }) => direction === 'sent')).toMatchObject({
        level: 2,
        description: 48,
      });
      await engine.ended();
      program.endInput();
      await program.exited();
      expect(engine.peer).toBeUndefined();
    });

    function groupsApart(): [GroupName, GroupName] {
      const [first = 'x25519', second = 'secp256r1'] = client.groups;
      return [first, second];
    }

    async function left(engine: EngineSocket, program: PeerProcess): Promise<void> {
      if (client.leaves === 'after us') engine.close();
      program.endInput();
      await engine.until('its close_notify', () => engine.event('closed', ({ direction }) => direction === 'received'));
      expect(await program.exited()).toBe(0);
      expect(engine.event('fault')).toBeUndefined();
    }
  });
}

/** However a program sets its hexadecimal digits. */
export const hexDigits = (text: string): string => text.toLowerCase().replace(/[^0-9a-f]/g, '');

/** A line each way. */
async function converse(engine: EngineSocket, program: PeerProcess, what = 'at first'): Promise<void> {
  program.write(`this is the client ${what}\n`);
  await engine.until('the line of the client', () => engine.text.includes(`this is the client ${what}\n`));
  engine.send(`this is the server ${what}\n`);
  await program.until(new RegExp(`this is the server ${what}`));
}

export const handshakes = (engine: EngineSocket, direction: 'sent' | 'received'): string[] =>
  engine.events.flatMap((event) =>
    event.type === 'handshake' && event.direction === direction ? [event.message] : [],
  );
