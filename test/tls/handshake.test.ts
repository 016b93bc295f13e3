import { describe, expect, it } from 'vitest';
import { cipherSuites } from '../../service/tls/cipher-suite.ts';
import { close, exporter, peer, receive, send, transcript } from '../../service/tls/index.ts';
import { namedGroups } from '../../service/tls/named-group.ts';
import { type Cut, deliver, pair, run } from './pair.ts';
import { clientConfig, type KeyType, serverConfig, world } from './pki.ts';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const bytes = (string: string): Uint8Array => new Uint8Array(Buffer.from(string, 'latin1'));
const worlds: Record<KeyType, ReturnType<typeof world>> = {
  'P-256': world('P-256'),
  'P-384': world('P-384'),
  ed25519: world('ed25519', 'ed25519'),
};
const keyTypes: readonly KeyType[] = ['P-256', 'P-384', 'ed25519'];

describe('a mutually authenticated handshake', () => {
  for (const suite of cipherSuites) {
    for (const group of namedGroups) {
      for (const keyType of keyTypes) {
        // P-384 in BigInt is slow: byte by byte it is enough to see it once.
        const cuts: readonly Cut[] =
          keyType === 'P-384' && group.name !== 'x25519' ? ['whole'] : ['whole', 'records', 'bytes'];
        it(`${suite.name} ${group.name} ${keyType}, ${cuts.join(', ')}`, () => {
          for (const cut of cuts) {
            const choices = { cipherSuites: [suite.name], groups: [group.name] };
            const of = worlds[keyType];
            const ends = pair(serverConfig(of, { choices }), clientConfig(of, { choices }));
            run(ends, cut);
            expect([ends.server.detail(), ends.client.detail()]).toEqual([undefined, undefined]);
            expect([ends.server.status, ends.client.status]).toEqual(['established', 'established']);
            expect(peer(ends.server.session)?.path.leaf.der).toEqual(of.client.chain[0]?.der);
            expect(peer(ends.client.session)?.path.leaf.der).toEqual(of.server.chain[0]?.der);
            expect(peer(ends.client.session)?.mutual).toBe(true);
            for (const point of ['server_finished', 'client_finished'] as const) {
              const ours = transcript(ends.server.session, point);
              expect(ours).toBeDefined();
              expect(ours).toEqual(transcript(ends.client.session, point));
            }
            const context = bytes('context');
            const exported = exporter(ends.server.session, 'EXPORTER-test', context, 40);
            expect(exported?.length).toBe(40);
            expect(exported).toEqual(exporter(ends.client.session, 'EXPORTER-test', context, 40));

            ends.server.act((session) => send(session, bytes('the key')));
            ends.client.act((session) => send(session, bytes('from the client')));
            run(ends, cut);
            expect(text(ends.client.received)).toBe('the key');
            expect(text(ends.server.received)).toBe('from the client');
          }
        });
      }
    }
  }
});

describe('HelloRetryRequest', () => {
  for (const group of ['secp256r1', 'secp384r1', 'X25519MLKEM768']) {
    it(`asks for ${group}, and the handshake ends well however it is cut`, () => {
      for (const cut of ['whole', 'records', 'bytes'] as const) {
        const of = worlds['P-256'];
        const ends = pair(
          serverConfig(of, { choices: { groups: [group] } }),
          clientConfig(of, { choices: { shareGroups: ['x25519'] } }),
        );
        run(ends, cut);
        expect([ends.server.detail(), ends.client.detail()]).toEqual([undefined, undefined]);
        expect(ends.server.events.some((e) => e.type === 'handshake' && e.message === 'hello_retry_request')).toBe(
          true,
        );
        expect([ends.server.status, ends.client.status]).toEqual(['established', 'established']);
      }
    });
  }
});

describe('after the handshake', () => {
  const established = (cut: Cut = 'whole') => {
    const ends = pair(serverConfig(worlds['P-256']), clientConfig(worlds['P-256']));
    run(ends, cut);
    return ends;
  };

  it('half-close: what the other side still says arrives', () => {
    const ends = established();
    ends.server.act((session) => send(session, bytes('last words')));
    ends.server.act(close);
    deliver(ends.server, ends.client);
    expect(ends.client.status).toBe('peerClosed');
    expect(ends.server.status).toBe('closed');
    ends.client.act((session) => send(session, bytes('heard')));
    ends.client.act(close);
    deliver(ends.client, ends.server);
    expect(text(ends.server.received)).toBe('heard');
    expect(text(ends.client.received)).toBe('last words');
  });

  it('ignores what comes after close_notify', () => {
    const ends = established();
    ends.server.act(close);
    deliver(ends.server, ends.client);
    const before = ends.client.status;
    ends.client.act((session) => receive(session, bytes('garbage after the end')));
    expect(ends.client.status).toBe(before);
    expect(ends.client.fault()).toBeUndefined();
  });

  it('pads application data to a multiple', () => {
    const of = worlds['P-256'];
    const ends = pair(serverConfig(of, { paddingMultiple: 512 }), clientConfig(of));
    run(ends);
    const lengths = [1, 500, 512].map((length) => {
      ends.server.act((session) => send(session, new Uint8Array(length)));
      const size = ends.server.pending.length;
      deliver(ends.server, ends.client);
      return size;
    });
    expect(new Set(lengths).size).toBe(1);
    expect(ends.client.received.length).toBe(1 + 500 + 512);
  });

  it('fragments what is larger than a record', () => {
    const ends = established();
    ends.server.act((session) => send(session, new Uint8Array(40_000).fill(7)));
    deliver(ends.server, ends.client, 'bytes');
    expect(ends.client.received).toEqual(new Uint8Array(40_000).fill(7));
  });

  it('a session value is stepped once', () => {
    const ends = established();
    const stale = ends.server.session;
    ends.server.act((session) => send(session, bytes('once')));
    const again = send(stale, bytes('twice'));
    expect(again.out.length).toBe(0);
    expect(again.status).toBe('failed');
    expect(again.events[0]).toMatchObject({ type: 'fault', fault: { reason: 'internal_error' } });
    expect(peer(stale)).toBeUndefined();
  });

  it('never sends before the handshake is done', () => {
    const ends = pair(serverConfig(worlds['P-256']), clientConfig(worlds['P-256']));
    deliver(ends.client, ends.server);
    ends.server.act((session) => send(session, bytes('0.5-RTT')));
    expect(ends.server.status).toBe('failed');
    deliver(ends.server, ends.client);
    expect(ends.client.received.length).toBe(0);
  });
});

describe('a server that demands no certificate', () => {
  it('has no peer, ever', () => {
    const of = worlds['P-256'];
    const ends = pair(serverConfig(of, { clientAuthentication: 'none' }), {
      ...clientConfig(of),
      certifiedKey: undefined,
    } as never);
    run(ends);
    expect(ends.server.status).toBe('established');
    expect(peer(ends.server.session)).toBeUndefined();
    expect(peer(ends.client.session)?.mutual).toBe(false);
  });

  it('is refused by a client that has a certificate to show', () => {
    const of = worlds['P-256'];
    const ends = pair(serverConfig(of, { clientAuthentication: 'none' }), clientConfig(of));
    run(ends);
    expect(ends.client.fault()).toBe('client_auth_not_requested');
    expect(ends.client.alert('sent')).toBe(40);
  });
});
