import { bytesToHex } from '@noble/hashes/utils.js';
import { describe, expect, test } from 'vitest';
import type { ClientConfig, Version } from '../../service/tls/index.ts';
import { connectEngine, type EngineSocket } from '../support/engine-socket.ts';
import { type ForeignKeyType, ForeignPki, type OwnKeyType, serverName } from '../support/foreign-pki.ts';
import type { PeerProcess } from '../support/peer-process.ts';
import { handshakes, hexDigits } from './foreign-client.ts';
import {
  combinationsOf,
  exportedWith,
  exporterLabel,
  exporterLength,
  type GroupName,
  type ServerPeer,
  suites,
  versions,
} from './peers/peer.ts';

/**
 * Our client against a foreign server that demands a certificate: every suite, group and type of signature they share.
 * In brief: with a key on P-256 alone, and nothing else.
 */
export function describeForeignServer(server: ServerPeer, brief: 'in brief' | 'whole' = 'whole'): void {
  const missing = server.requires.some((requirement) => requirement.missing);

  describe.skipIf(missing)(`our client to ${server.name}`, () => {
    const pki = new ForeignPki();

    async function listening(version: Version, keyType: ForeignKeyType, groups: readonly GroupName[] = server.groups) {
      const credential = await pki.leaf('server', keyType);
      const authorities = await pki.authorities(server.ownKeyTypes);
      const { folder } = pki;
      return { credential, ...(await server.listen({ version, credential, authorities, groups, folder })) };
    }

    async function meet(port: number, keyType: ForeignKeyType, own: OwnKeyType, config: Partial<ClientConfig>) {
      return connectEngine(port, {
        serverName,
        alpn: [server.alpn ?? 'pinata/1'],
        trust: await pki.trust('server', keyType),
        certifiedKey: await pki.own('client', own),
        ...config,
      });
    }

    const keyTypes = server.keyTypes.filter((keyType) => brief === 'whole' || keyType === 'p256');
    const meetings = versions.flatMap((version) => keyTypes.map((keyType) => ({ version, keyType })));

    /** One server for all combinations of one key. */
    test.each(meetings)('TLS $version, its key $keyType: every suite and group', async ({ version, keyType }) => {
      const { port, peer: program, credential } = await listening(version, keyType);
      const combinations = combinationsOf(version, server, 'them').filter((of) => of.keyType === keyType);
      expect(combinations.length).toBeGreaterThanOrEqual(suites.length);
      for (const { suite, group, ownKeyType, offered } of combinations) {
        program.forget();
        const choices = { cipherSuites: [suite], groups: offered };
        const engine = await meet(port, keyType, ownKeyType, { choices });
        expect(await engine.established(), `${suite} ${group} ${ownKeyType}`).toMatchObject({
          version,
          cipherSuite: suite,
          // Some servers have an order of their own.
          group: expect.toBeOneOf([...offered]),
          applicationProtocol: server.alpn,
        });
        expect(engine.peer?.mutual).toBe(true);
        expect(engine.peer?.path.leaf.der).toEqual(credential.certificate.der);
        await converse(engine, program);
        await sameExporter(engine, program, exportedWith(server, suite));
        await leave(engine);
      }
    });

    if (brief === 'in brief') return;

    test('HelloRetryRequest, where we sent no share of the group it wants', async () => {
      const [first = 'x25519', second = 'secp256r1'] = server.groups;
      const { port, peer: program } = await listening('1.3', 'p256', [second]);
      const engine = await meet(port, 'p256', 'p256', { choices: { groups: [first, second], shareGroups: [first] } });
      expect((await engine.established()).group).toBe(second);
      const hellos = engine.events.flatMap((event) =>
        event.type === 'handshake' && event.direction === 'sent' && event.message === 'client_hello'
          ? [extensionTypes(event.bytes)]
          : [],
      );
      expect(hellos.map((types) => types.includes(cookie))).toEqual([false, server.sendsCookie]);
      await converse(engine, program);
      await leave(engine);
    });

    const { keyUpdate } = server;
    if (keyUpdate !== undefined) {
      test('KeyUpdate: it asks, both change keys, and the talk goes on', async () => {
        const { port, peer: program } = await listening('1.3', 'p256');
        const engine = await meet(port, 'p256', 'p256', {});
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
        await leave(engine);
      });
    }

    test.each(versions)(
      'TLS %s: a server whose authority is not the one we trust is told unknown_ca',
      async (version) => {
        const { port } = await listening(version, 'p256');
        const engine = await meet(port, 'p256', 'p256', { trust: await pki.trust('server', 'ed25519') });
        expect((await engine.fault()).reason).toBe('no_trust_anchor');
        expect(engine.event('alert', ({ direction }) => direction === 'sent')).toMatchObject({
          level: 2,
          description: 48,
        });
        expect(engine.peer).toBeUndefined();
      },
    );

    test.each(versions)('TLS %s: a server of another name than the one we look for is refused', async (version) => {
      const { port } = await listening(version, 'p256');
      const trust = { ...(await pki.trust('server', 'p256')), dnsName: 'other.pinata.test' };
      const engine = await meet(port, 'p256', 'p256', { trust });
      expect((await engine.fault()).reason).toBe('name_mismatch');
      expect(engine.peer).toBeUndefined();
    });

    async function converse(engine: EngineSocket, program: PeerProcess, what = 'at first'): Promise<void> {
      if (server.answers === 'typed') {
        engine.send(`this is the client ${what}\n`);
        await program.until(new RegExp(`this is the client ${what}`));
        program.write(`this is the server ${what}\n`);
        await engine.until('the line of the server', () => engine.text.includes(`this is the server ${what}\n`));
      } else {
        const { to, with: answer } = server.answers;
        engine.send(to);
        await engine.until('the answer', () => answer.test(engine.text));
      }
    }

    async function sameExporter(engine: EngineSocket, program: PeerProcess, said: RegExp | undefined): Promise<void> {
      if (said === undefined) return;
      const [, theirs = ''] = await program.until(said);
      const ours = engine.exporter(exporterLabel, exporterLength);
      expect(hexDigits(theirs)).toBe(bytesToHex(ours ?? new Uint8Array(0)));
    }

    async function leave(engine: EngineSocket): Promise<void> {
      engine.close();
      await engine.ended();
      expect(engine.event('fault')).toBeUndefined();
    }
  });
}

/** RFC 9846 §4.2.2. */
const cookie = 44;

/** The types of a ClientHello's extensions (RFC 9846 §4.1.2), read without our own decoder. */
function extensionTypes(clientHello: Uint8Array): number[] {
  const bytes = Buffer.from(clientHello);
  let at = 4 + 2 + 32;
  at += 1 + bytes.readUInt8(at);
  at += 2 + bytes.readUInt16BE(at);
  at += 1 + bytes.readUInt8(at);
  const types: number[] = [];
  for (at += 2; at < bytes.length; at += 4 + bytes.readUInt16BE(at + 2)) types.push(bytes.readUInt16BE(at));
  return types;
}
