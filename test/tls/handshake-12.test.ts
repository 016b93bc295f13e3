import { describe, expect, it } from 'vitest';
import { cipherSuites12 } from '../../service/tls/cipher-suite-12.ts';
import { exporter, peer, receive, send, transcript } from '../../service/tls/index.ts';
import { recordHeader } from '../../service/tls/record.ts';
import { deliver, joined, pair, records, run } from './pair.ts';
import { clientConfig, type KeyType, serverConfig, world } from './pki.ts';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const bytes = (string: string): Uint8Array => new Uint8Array(Buffer.from(string, 'latin1'));
const worlds = { 'P-256': world('P-256'), 'P-384': world('P-384'), ed25519: world('ed25519', 'ed25519') };
const keyTypes: readonly KeyType[] = ['P-256', 'P-384', 'ed25519'];
const only12 = { versions: ['1.2'] } as const;

describe('a mutually authenticated handshake of TLS 1.2', () => {
  for (const suite of cipherSuites12.filter(({ authentication }) => authentication === 'ecdsa')) {
    for (const group of ['x25519', 'secp256r1', 'secp384r1']) {
      for (const keyType of keyTypes) {
        const cuts = keyType === 'P-384' ? (['whole'] as const) : (['whole', 'records', 'bytes'] as const);
        it(`${suite.name} ${group} ${keyType}, ${cuts.join(', ')}`, () => {
          for (const cut of cuts) {
            const of = worlds[keyType];
            // RFC 8422 §5.1.1: the certificate's curve must be among the groups, whichever is used for the exchange.
            const curve = { 'P-256': ['secp256r1'], 'P-384': ['secp384r1'], ed25519: [] }[keyType];
            const groups = [group, ...curve.filter((name) => name !== group)];
            const choices = { ...only12, cipherSuites: [suite.name], groups };
            const ends = pair(serverConfig(of, { choices }), clientConfig(of, { choices }));
            run(ends, cut);
            expect([ends.server.detail(), ends.client.detail()]).toEqual([undefined, undefined]);
            expect([ends.server.status, ends.client.status]).toEqual(['established', 'established']);
            expect(peer(ends.server.session)?.path.leaf.der).toEqual(of.client.chain[0]?.der);
            expect(peer(ends.client.session)?.path.leaf.der).toEqual(of.server.chain[0]?.der);
            expect(peer(ends.client.session)?.mutual).toBe(true);
            for (const point of ['server_finished', 'client_finished'] as const) {
              const hash = transcript(ends.server.session, point);
              expect(hash).toBeDefined();
              expect(hash).toEqual(transcript(ends.client.session, point));
              // What each end sent is what the other verified: the correlator lives of it.
              expect(ends.server.transcriptOf(point)).toBe(ends.client.transcriptOf(point));
            }
            const exported = exporter(ends.server.session, 'EXPORTER-test', bytes('context'), 40);
            expect(exported?.length).toBe(40);
            expect(exported).toEqual(exporter(ends.client.session, 'EXPORTER-test', bytes('context'), 40));
            ends.server.act((session) => send(session, bytes('the key')));
            ends.client.act((session) => send(session, new Uint8Array(20_000).fill(3)));
            run(ends, cut);
            expect(text(ends.client.received)).toBe('the key');
            expect(ends.server.received).toEqual(new Uint8Array(20_000).fill(3));
          }
        });
      }
    }
  }
});

describe('versions', () => {
  const of = worlds['P-256'];
  it('both ends that can prefer TLS 1.3', () => {
    const ends = pair(serverConfig(of), clientConfig(of));
    run(ends);
    expect(ends.server.events.find((event) => event.type === 'negotiated')).toMatchObject({ version: '1.3' });
  });

  it('a client that is led down to TLS 1.2 sees the sentinel', () => {
    const ends = pair(serverConfig(of), clientConfig(of));
    // A man in the middle takes TLS 1.3 out of supported_versions, where our client offers 0304 0303.
    const hello = Buffer.from(ends.client.pending);
    const at = hello.indexOf(Buffer.from('002b0005040304', 'hex'));
    expect(at).toBeGreaterThan(0);
    hello.set([3, 3], at + 5);
    ends.client.pending = new Uint8Array(hello);
    deliver(ends.client, ends.server);
    expect(ends.server.events.find((event) => event.type === 'negotiated')).toMatchObject({ version: '1.2' });
    deliver(ends.server, ends.client);
    expect(ends.client.fault()).toBe('downgrade_sentinel');
    expect(ends.client.alert('sent')).toBe(47);
  });

  it('no version in common', () => {
    const ends = pair(serverConfig(of, { choices: { versions: ['1.3'] } }), clientConfig(of, { choices: only12 }));
    run(ends);
    expect(ends.server.fault()).toBe('version_unsupported');
    const others = pair(serverConfig(of, { choices: only12 }), clientConfig(of, { choices: { versions: ['1.3'] } }));
    run(others);
    expect(others.server.fault()).toBe('version_unsupported');
  });
});

it('a certificate on a curve that the client does not offer is not shown', () => {
  const ends = pair(
    serverConfig(worlds['P-256']),
    clientConfig(worlds['P-256'], { choices: { ...only12, groups: ['secp384r1'] } }),
  );
  run(ends);
  expect(ends.server.fault()).toBe('no_signature_scheme');
});

describe('what TLS 1.2 must refuse', () => {
  const of = worlds['P-256'];
  const halfway = () => {
    const ends = pair(serverConfig(of), clientConfig(of, { choices: only12 }));
    deliver(ends.client, ends.server);
    return ends;
  };
  const changeCipherSpec = joined(recordHeader(20, 1), Uint8Array.of(1));

  it('an early ChangeCipherSpec, at both ends (CVE-2014-0224)', () => {
    const server = halfway().server;
    server.act((session) => receive(session, changeCipherSpec));
    expect(server.fault()).toBe('unexpected_change_cipher_spec');
    const ends = halfway();
    const [hello] = records(ends.server.pending);
    ends.client.act((session) => receive(session, hello ?? new Uint8Array(0)));
    for (let i = 0; i < 2 && ends.client.status === 'handshaking'; i++) {
      ends.client.act((session) => receive(session, changeCipherSpec));
    }
    expect(ends.client.status).toBe('failed');
  });

  it('Finished without ChangeCipherSpec, and ChangeCipherSpec twice', () => {
    for (const change of ['skip', 'twice'] as const) {
      const ends = halfway();
      deliver(ends.server, ends.client);
      const flight = records(ends.client.pending);
      const dummy = flight.findIndex((record) => record[0] === 20);
      expect(dummy).toBeGreaterThan(0);
      if (change === 'skip') flight.splice(dummy, 1);
      else flight.splice(dummy, 0, changeCipherSpec);
      for (const record of flight) ends.server.act((session) => receive(session, record));
      expect(ends.server.status).toBe('failed');
      expect(peer(ends.server.session)).toBeUndefined();
      expect(ends.server.fault()).toBe(change === 'skip' ? 'unexpected_message' : 'unexpected_change_cipher_spec');
    }
  });

  it('a renegotiation, from either side', () => {
    const ends = pair(serverConfig(of), clientConfig(of, { choices: only12 }));
    run(ends);
    const first = ends.client.events.find((event) => event.type === 'handshake' && event.message === 'client_hello');
    expect(first).toBeDefined();
    // Encrypted by hand it would be the same message: the table has no cell for any in connected_12.
    ends.server.act((session) => receive(session, joined(recordHeader(22, 4), Uint8Array.of(1, 0, 0, 0))));
    expect(ends.server.fault()).toBe('bad_record_mac');
  });

  it('no certificate is handshake_failure here', () => {
    const { certifiedKey: _, ...nobody } = clientConfig(of, { choices: only12 });
    const ends = pair(serverConfig(of), nobody);
    run(ends);
    expect(ends.server.fault()).toBe('certificate_missing');
    expect(ends.server.alert('sent')).toBe(40);
    expect(ends.client.alert('received')).toBe(40);
  });

  it('a server that does not ask for our certificate', () => {
    const ends = pair(serverConfig(of, { clientAuthentication: 'none' }), clientConfig(of, { choices: only12 }));
    run(ends);
    expect(ends.client.fault()).toBe('client_auth_not_requested');
  });
});
