import { concatBytes } from '@noble/hashes/utils.js';
import { describe, expect, it } from 'vitest';
import { ExtensionType } from '../../service/tls/extension-type.ts';
import { handshakeMessage, KeyUpdateRequest, keyUpdate } from '../../service/tls/handshake-messages.ts';
import { recordHeader } from '../../service/tls/record.ts';
import { Arena, type ClientScript } from './arena.ts';

/* threats.md, State machine, against port 10000, by a client that holds a genuine certificate and its key: messages. */

const arena = Arena.forThisFile();

const unexpected = { alert: 'unexpected_message', category: 'handshake.unexpected' } as const;
const contentType = { handshake: 22, applicationData: 23 } as const;
const X25519 = 0x001d;
const P256 = 0x0017;
const empty = new Uint8Array(0);

describe('S1, S2: client authentication skipped', () => {
  arena.asClient('Finished alone', unexpected, async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    rogue.finished();
  });

  arena.asClient('CertificateVerify and Finished, without Certificate', unexpected, async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    rogue.certificateVerify(arena.genuine.signer);
    rogue.finished();
  });

  arena.asClient('a genuine Certificate and Finished, without CertificateVerify', unexpected, async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    rogue.certificate(arena.genuine.chain);
    rogue.finished();
  });

  arena.asClient('CertificateVerify before Certificate', unexpected, async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    rogue.certificateVerify(arena.genuine.signer);
    rogue.certificate(arena.genuine.chain);
    rogue.finished();
  });

  const none = { alert: 'certificate_required', category: 'cert.none' } as const;
  arena.asClient('an empty Certificate and Finished', none, async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    rogue.certificate([]);
    rogue.finished();
  });

  arena.asClient('an empty Certificate and a CertificateVerify by a genuine key', none, async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    rogue.certificate([]);
    rogue.certificateVerify(arena.genuine.signer);
    rogue.finished();
  });
});

describe('S3: at 0.5-RTT', () => {
  it("nothing is said between the server's Finished and ours", async () => {
    const rogue = await arena.client();
    rogue.hello();
    await rogue.serverFlight();
    const before = await Promise.race([
      rogue.hear(),
      new Promise<string>((resolve) => setTimeout(resolve, 500, 'nothing')),
    ]);
    expect(before).toBe('nothing');
    rogue.wire.reset();
    arena.expect('aborted');
  });
});

describe('S4: application data too early', () => {
  const early = { alert: 'unexpected_message', category: 'application_data.early' } as const;
  arena.asClient('in clear, before any hello', early, (rogue) => {
    rogue.clearRecord(contentType.applicationData, Uint8Array.of(1));
  });

  arena.asClient('under handshake keys, instead of Certificate', early, async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    rogue.data(Uint8Array.of(1));
  });

  arena.asClient('under handshake keys, after a verified CertificateVerify', early, async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    rogue.certificate(arena.genuine.chain);
    rogue.certificateVerify(arena.genuine.signer);
    rogue.data(Uint8Array.of(1));
    rogue.finished();
  });
});

describe('S5: PSK and 0-RTT', () => {
  /** identities<7..2^16-1>, binders<33..2^16-1>: one of each, of zeros. */
  const preSharedKey = {
    type: ExtensionType.pre_shared_key,
    data: concatBytes(Uint8Array.of(0, 22, 0, 16), new Uint8Array(20), Uint8Array.of(0, 33, 32), new Uint8Array(32)),
  };
  const modes = { type: ExtensionType.psk_key_exchange_modes, data: Uint8Array.of(1, 1) };
  const earlyData = { type: ExtensionType.early_data, data: empty };

  it('a ticket changes nothing: the certificate is asked for all the same', async () => {
    const rogue = await arena.client();
    rogue.hello({ extensions: [modes, preSharedKey] });
    const { requested, messages } = await rogue.serverFlight();
    expect(requested).toBe(true);
    expect(messages.has('certificate')).toBe(true);
    rogue.finished();
    await arena.judge(rogue, unexpected);
  });

  arena.asClient('early data is not taken', { alert: 'bad_record_mac', category: 'bad_record_mac' }, async (rogue) => {
    rogue.hello({ extensions: [modes, earlyData, preSharedKey] });
    rogue.clearRecord(contentType.applicationData, new Uint8Array(64));
    await rogue.serverFlight();
  });

  const illegal = { alert: 'illegal_parameter', category: 'parameter.illegal' } as const;
  arena.asClient('pre_shared_key that is not the last extension', illegal, (rogue) => {
    rogue.hello({ extensions: [preSharedKey, modes] });
  });

  arena.asClient('early_data without pre_shared_key', illegal, (rogue) => {
    rogue.hello({ extensions: [modes, earlyData] });
  });
});

describe('S6: HelloRetryRequest', () => {
  const changed = { alert: 'illegal_parameter', category: 'hello_retry' } as const;
  const random = new Uint8Array(32).fill(6);

  arena.asClient('answered by the same hello, without a share', changed, async (rogue) => {
    rogue.hello({ random, shares: [], groups: [X25519] });
    await rogue.serverHello();
    rogue.hello({ random, shares: [], groups: [X25519] });
  });

  arena.asClient('answered by a share of another group', changed, async (rogue) => {
    rogue.hello({ random, shares: [], groups: [X25519, P256] });
    await rogue.serverHello();
    rogue.hello({ random, shares: [P256], groups: [X25519, P256] });
  });

  arena.asClient('answered by a hello that drops a cipher suite', changed, async (rogue) => {
    rogue.hello({ random, shares: [], groups: [X25519] });
    await rogue.serverHello();
    rogue.hello({ random, shares: [X25519], groups: [X25519], cipherSuites: [0x1301] });
  });

  arena.asClient('answered by a hello with another random', changed, async (rogue) => {
    rogue.hello({ random, shares: [], groups: [X25519] });
    await rogue.serverHello();
    rogue.hello({ shares: [X25519], groups: [X25519] });
  });

  arena.asClient('answered by a hello for another name', changed, async (rogue) => {
    rogue.hello({ random, shares: [], groups: [X25519] });
    await rogue.serverHello();
    rogue.hello({ random, shares: [X25519], groups: [X25519], serverName: 'other.invalid' });
  });

  arena.asClient('answered by a cookie that was never given', changed, async (rogue) => {
    rogue.hello({ random, shares: [], groups: [X25519] });
    await rogue.serverHello();
    const cookie = { type: ExtensionType.cookie, data: Uint8Array.of(0, 1, 7) };
    rogue.hello({ random, shares: [X25519], groups: [X25519], extensions: [cookie] });
  });

  arena.asClient('answered by Finished', unexpected, async (rogue) => {
    rogue.hello({ random, shares: [], groups: [X25519] });
    await rogue.serverHello();
    rogue.say(rogue.finishedMessage(new Uint8Array(32)));
  });
});

describe('S7: post-handshake messages too early', () => {
  arena.asClient('KeyUpdate before Finished', unexpected, async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    rogue.keyUpdate(KeyUpdateRequest.update_requested);
  });

  arena.asClient('KeyUpdate between CertificateVerify and Finished', unexpected, async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    rogue.certificate(arena.genuine.chain);
    rogue.certificateVerify(arena.genuine.signer);
    rogue.say(handshakeMessage('key_update', keyUpdate, KeyUpdateRequest.update_not_requested));
  });

  arena.asClient('NewSessionTicket to a server', unexpected, async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    rogue.say(Uint8Array.of(4, 0, 0, 13, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0));
  });
});

describe('S12: renegotiation', () => {
  arena.asClient('HelloRequest', unexpected, (rogue) => rogue.say(Uint8Array.of(0, 0, 0, 0)));
  arena.asClient('a second ClientHello, encrypted', unexpected, async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    rogue.hello();
  });
  arena.asClient('a second ClientHello after CertificateVerify', unexpected, async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    rogue.certificate(arena.genuine.chain);
    rogue.certificateVerify(arena.genuine.signer);
    rogue.hello();
  });
});

describe('S13: versions', () => {
  const withoutVersions =
    (legacyVersion: number): ClientScript =>
    (rogue) =>
      rogue.hello({
        change: (hello) => ({
          ...hello,
          legacyVersion,
          extensions: hello.extensions.filter(({ type }) => type !== ExtensionType.supported_versions),
        }),
      });
  const version = (category: 'version.ssl3' | 'version.legacy' | 'version.unsupported') =>
    ({ alert: 'protocol_version', category }) as const;

  arena.asClient('SSL 3', version('version.ssl3'), withoutVersions(0x0300));
  arena.asClient('TLS 1.0', version('version.legacy'), withoutVersions(0x0301));
  arena.asClient('TLS 1.1', version('version.legacy'), withoutVersions(0x0302));
  arena.asClient('a draft of 1.3', version('version.unsupported'), (rogue) => rogue.hello({ versions: [0x7f1c] }));
  arena.asClient(
    'legacy_version 0x0304, without supported_versions: TLS 1.2, but for its signals',
    { alert: 'handshake_failure', category: 'reneg.missing' },
    withoutVersions(0x0304),
  );
  arena.asClient('ServerHello to a server', unexpected, (rogue) => rogue.say(Uint8Array.of(2, 0, 0, 1, 0)));
  arena.asClient('ClientKeyExchange of 1.2 in 1.3', unexpected, async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    rogue.say(Uint8Array.of(16, 0, 0, 2, 0, 0));
  });
  arena.asClient('EndOfEarlyData without early data', unexpected, async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    rogue.say(Uint8Array.of(5, 0, 0, 0));
  });
});

describe('S14: what was verified is overridden', () => {
  arena.asClient('a second Certificate after the first', unexpected, async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    rogue.certificate([arena.certificate('bounty: client')]);
    rogue.certificate(arena.genuine.chain);
    rogue.certificateVerify(arena.genuine.signer);
    rogue.finished();
  });

  arena.asClient('another Certificate after CertificateVerify', unexpected, async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    rogue.certificate(arena.genuine.chain);
    rogue.certificateVerify(arena.genuine.signer);
    rogue.certificate([arena.certificate('bounty: client')]);
    rogue.finished();
  });

  arena.asClient('a second CertificateVerify', unexpected, async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    rogue.certificate(arena.genuine.chain);
    rogue.certificateVerify(arena.genuine.signer);
    rogue.certificateVerify(arena.genuine.signer);
    rogue.finished();
  });
});

describe('what was fixed in 2015 and 2026', () => {
  it('8011787: a message longer than its record, shorter than it says', async () => {
    const rogue = await arena.client();
    rogue.wire.write(
      concatBytes(recordHeader(contentType.handshake, 8, 0x0301), Uint8Array.of(1, 0, 0, 6, 0, 0, 0, 0)),
    );
    rogue.wire.end();
    await arena.judge(rogue, { alert: undefined, category: 'eof' });
  });
});

arena.everyAttackIsCounted();
