import { randomBytes } from 'node:crypto';
import { hexToBytes } from '@noble/hashes/utils.js';
import { describe, expect, it } from 'vitest';
import { ExtensionType } from '../../service/tls/extension-type.ts';
import { ecPointFormats, extensionOf, nothing } from '../../service/tls/extensions.ts';
import { handshakeMessage, KeyUpdateRequest, keyUpdate } from '../../service/tls/handshake-messages.ts';
import { serverHelloDone } from '../../service/tls/handshake-messages-12.ts';
import { type ClientHello12Choices, RogueClient12 } from '../support/rogue/client-12.ts';
import { forger, type Signer, signedContent } from '../support/rogue/identity.ts';
import { Arena, type Verdict } from './arena.ts';

/*
 * Port 10000 and attackers who speak TLS 1.2: what only it can show (failures.md §3.1), and what it shows in another way
 * than TLS 1.3. Where nothing else is said the attacker holds a genuine certificate and its key.
 */

const arena = Arena.forThisFile();

const unexpected = { alert: 'unexpected_message', category: 'handshake.unexpected' } as const;
const illegal = { alert: 'illegal_parameter', category: 'parameter.illegal' } as const;
const badMac = { alert: 'bad_record_mac', category: 'bad_record_mac' } as const;
const early = { alert: 'unexpected_message', category: 'application_data.early' } as const;
const heartbeat = { alert: 'unexpected_message', category: 'heartbeat' } as const;
const contentType = { handshake: 22, applicationData: 23, heartbeat: 24 } as const;
const [X25519, P256, X448] = [0x001d, 0x0017, 0x001e];
const empty = new Uint8Array(0);
const helloRequest = Uint8Array.of(0, 0, 0, 0);

/** As a client with a genuine certificate, up to its CertificateVerify, which is genuine as well. */
async function upToCertificateVerify(rogue: RogueClient12): Promise<void> {
  rogue.hello();
  await rogue.serverFlight();
  rogue.certificate(arena.genuine.chain);
  rogue.clientKeyExchange();
  rogue.certificateVerify(arena.genuine.signer);
}

const hello = (name: string, verdict: Verdict, choices: ClientHello12Choices): void =>
  arena.asClient12(name, verdict, (rogue) => rogue.hello(choices));

describe('a hello without what makes TLS 1.2 safe', () => {
  const noSignal = { alert: 'handshake_failure', category: 'reneg.missing' } as const;
  hello('no renegotiation_info and no SCSV', noSignal, { renegotiationInfo: 'none' });
  hello('a renegotiation_info that is not empty', noSignal, { renegotiationInfo: new Uint8Array(12) });
  const noHash = { alert: 'handshake_failure', category: 'ems.missing' } as const;
  hello('no extended_main_secret', noHash, { extendedMainSecret: false });
  hello(
    'an extended_main_secret that is not empty',
    { alert: 'decode_error', category: 'parse.error' },
    {
      extendedMainSecret: false,
      extensions: [{ type: ExtensionType.extended_main_secret, data: Uint8Array.of(0) }],
    },
  );
  hello(
    'extended_main_secret twice',
    { alert: 'illegal_parameter', category: 'extension.invalid' },
    {
      extensions: [extensionOf(ExtensionType.extended_main_secret, nothing, true)],
    },
  );
  hello('no uncompressed points', illegal, {
    extensions: [extensionOf(ExtensionType.ec_point_formats, ecPointFormats, [1, 2])],
  });
  hello('compression and no other method', illegal, {
    change: (message) => ({ ...message, legacyCompressionMethods: Uint8Array.of(1) }),
  });
});

describe('versions', () => {
  hello('SSL 3', { alert: 'protocol_version', category: 'version.ssl3' }, { legacyVersion: 0x0300 });
  hello('TLS 1.0', { alert: 'protocol_version', category: 'version.legacy' }, { legacyVersion: 0x0301 });
  hello('TLS 1.1', { alert: 'protocol_version', category: 'version.legacy' }, { legacyVersion: 0x0302 });
  const TLS_FALLBACK_SCSV = 0x5600;
  hello(
    'a fallback that says so',
    { alert: 'inappropriate_fallback', category: 'downgrade' },
    {
      cipherSuites: [0xc02b, TLS_FALLBACK_SCSV],
    },
  );
});

describe('nothing in common', () => {
  const none = { alert: 'handshake_failure', category: 'cipher.none' } as const;
  for (const [name, suites] of [
    ['CBC', [0xc009, 0xc00a, 0xc023, 0xc024]],
    ['static RSA', [0x009c, 0x009d, 0x002f, 0x0035]],
    ['DHE', [0x009e, 0x009f]],
    ['RC4 and 3DES', [0x0004, 0x0005, 0x000a, 0xc007]],
    ['NULL and export', [0x0001, 0x0002, 0x0003, 0x0006]],
    ['anonymous', [0x0018, 0xc018, 0xc019]],
    ['ECDHE_RSA, which no key of ours signs for', [0xc02f, 0xc030, 0xcca8]],
    ['suites of TLS 1.3', [0x1301, 0x1302, 0x1303]],
  ] as const) {
    hello(name, none, { cipherSuites: suites });
  }
  hello('groups', { alert: 'handshake_failure', category: 'group.none' }, { groups: [X448] });
  hello(
    'the hybrid group alone, for which TLS 1.2 has no room',
    { alert: 'handshake_failure', category: 'group.none' },
    {
      groups: [0x11ec],
    },
  );
  hello(
    "a group, but not our certificate's curve",
    { alert: 'handshake_failure', category: 'sig.none' },
    {
      groups: [X25519],
    },
  );
  hello(
    'signature schemes: SHA-1',
    { alert: 'handshake_failure', category: 'sig.none' },
    {
      signatureSchemes: [0x0203, 0x0201],
    },
  );
  hello(
    'application protocols',
    { alert: 'no_application_protocol', category: 'alpn.mismatch' },
    {
      protocols: ['http/1.1'],
    },
  );
});

describe('S1, S2: client authentication skipped', () => {
  const nobody = { alert: 'handshake_failure', category: 'cert.none' } as const;
  arena.asClient12('an empty Certificate', nobody, async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    rogue.certificate([]);
    rogue.clientKeyExchange();
    rogue.changeCipherSpec();
    rogue.finished();
  });

  arena.asClient12('no Certificate at all', unexpected, async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    rogue.clientKeyExchange();
    rogue.changeCipherSpec();
    rogue.finished();
  });

  arena.asClient12('a genuine Certificate, and no CertificateVerify', unexpected, async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    rogue.certificate(arena.genuine.chain);
    rogue.clientKeyExchange();
    rogue.changeCipherSpec();
    rogue.finished();
  });

  arena.asClient12('CertificateVerify before ClientKeyExchange', unexpected, async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    rogue.certificate(arena.genuine.chain);
    rogue.certificateVerify(arena.genuine.signer);
    rogue.clientKeyExchange();
  });

  arena.asClient12('Certificate twice', unexpected, async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    rogue.certificate(arena.genuine.chain);
    rogue.certificate(arena.genuine.chain);
  });
});

describe('S8: ChangeCipherSpec out of its place (CVE-2014-0224)', () => {
  arena.asClient12('right after the hello', unexpected, async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    rogue.sayChangeCipherSpec();
  });

  arena.asClient12('between Certificate and ClientKeyExchange', unexpected, async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    rogue.certificate(arena.genuine.chain);
    rogue.sayChangeCipherSpec();
    rogue.clientKeyExchange();
  });

  arena.asClient12('in the middle of a message', unexpected, async (rogue) => {
    await upToCertificateVerify(rogue);
    rogue.record(contentType.handshake, Uint8Array.of(20, 0, 0, 12));
    rogue.sayChangeCipherSpec();
  });

  arena.asClient12('left out: Finished in clear', unexpected, async (rogue) => {
    await upToCertificateVerify(rogue);
    rogue.finished();
  });

  for (const sealed of [true, false]) {
    arena.asClient12(`twice, the second ${sealed ? 'sealed' : 'in clear'}`, unexpected, async (rogue) => {
      await upToCertificateVerify(rogue);
      rogue.changeCipherSpec();
      if (!sealed) rogue.sealing = undefined;
      rogue.sayChangeCipherSpec();
    });
  }

  arena.asClient12('another byte than 01', unexpected, async (rogue) => {
    await upToCertificateVerify(rogue);
    rogue.sayChangeCipherSpec(Uint8Array.of(2));
  });
});

describe('S12: renegotiation, and messages of another state or version', () => {
  arena.asClient12('a second ClientHello', unexpected, async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    rogue.hello();
  });

  arena.asClient12('a ClientHello under the new keys, in place of Finished', unexpected, async (rogue) => {
    await upToCertificateVerify(rogue);
    rogue.changeCipherSpec();
    rogue.hello();
  });

  for (const [name, message] of [
    ['HelloRequest', helloRequest],
    ['KeyUpdate', handshakeMessage('key_update', keyUpdate, KeyUpdateRequest.update_requested)],
    ['ServerHelloDone, which is ours to say', handshakeMessage('server_hello_done', serverHelloDone, true)],
  ] as const) {
    arena.asClient12(`${name}, after the server's flight`, unexpected, async (rogue) => {
      rogue.hello();
      await rogue.serverFlight();
      rogue.record(contentType.handshake, message);
    });
  }
  arena.asClient12('HelloRequest, first of all', unexpected, (rogue) => {
    rogue.record(contentType.handshake, helloRequest);
  });
});

describe('K1: ClientKeyExchange', () => {
  const invalid = { alert: 'illegal_parameter', category: 'key_share.invalid' } as const;
  for (const [name, group, publicValue] of [
    ['X25519: zero, a point of small order', X25519, new Uint8Array(32)],
    ['X25519: 31 bytes', X25519, new Uint8Array(31).fill(9)],
    ['P-256: the point at infinity', P256, Uint8Array.of(0)],
    ['P-256: off the curve', P256, new Uint8Array(65).fill(4)],
    ['P-256: compressed', P256, hexToBytes(`03${'6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296'}`)],
  ] as const) {
    arena.asClient12(name, invalid, async (rogue) => {
      rogue.hello({ groups: group === P256 ? [P256] : [group, P256] });
      await rogue.serverFlight();
      rogue.certificate(arena.genuine.chain);
      rogue.clientKeyExchange(publicValue);
    });
  }
});

describe('a genuine certificate without its key', () => {
  const invalid = { alert: 'decrypt_error', category: 'sig.invalid' } as const;
  const stranger = (): Signer =>
    arena.authority.issue({ purpose: 'clientAuth', dnsNames: ['client.btc-pinata.invalid'] }).signer;

  const signing = (
    name: string,
    signer: () => Signer,
    verdict: Verdict = invalid,
    choices: (rogue: RogueClient12) => { readonly content?: Uint8Array; readonly scheme?: number } = () => ({}),
  ): void =>
    arena.asClient12(name, verdict, async (rogue) => {
      rogue.hello();
      await rogue.serverFlight();
      rogue.certificate(arena.genuine.chain);
      rogue.clientKeyExchange();
      rogue.certificateVerify(signer(), choices(rogue));
      rogue.changeCipherSpec();
      rogue.finished();
    });

  signing("a signature by the attacker's key", stranger);
  signing('an empty signature', () => forger(empty));
  signing('a signature of zeros', () => forger(new Uint8Array(70)));
  signing('r = s = 0 (psychic)', () => forger(hexToBytes('3006020100020100')));
  const genuine = (): Signer => arena.genuine.signer;
  signing('signed as TLS 1.3 would have it', genuine, invalid, (rogue) => ({
    content: signedContent('TLS 1.3, client CertificateVerify', rogue.transcriptHash()),
  }));
  signing('signed before ClientKeyExchange was there', genuine, invalid, (rogue) => ({
    content: Buffer.concat(rogue.transcript.slice(0, -1)),
  }));
  signing('signed over another handshake', genuine, invalid, () => ({ content: new Uint8Array(randomBytes(500)) }));
  const notOffered = { alert: 'illegal_parameter', category: 'sig.invalid' } as const;
  signing('ECDSA with SHA-1, which was not offered', genuine, notOffered, () => ({ scheme: 0x0203 }));
  signing('RSA with SHA-1, which was not offered', genuine, notOffered, () => ({ scheme: 0x0201 }));
});

describe('Finished', () => {
  const bad = { alert: 'decrypt_error', category: 'bad_finished' } as const;
  const finishing = (name: string, verdict: Verdict, act: (rogue: RogueClient12) => void): void =>
    arena.asClient12(name, verdict, async (rogue) => {
      await upToCertificateVerify(rogue);
      rogue.changeCipherSpec();
      act(rogue);
    });
  finishing('one bit changed', bad, (rogue) =>
    rogue.finished(rogue.verifyData('client').map((byte, at) => (at === 0 ? byte ^ 1 : byte))),
  );
  finishing('that of the server', bad, (rogue) => rogue.finished(rogue.verifyData('server')));
  finishing('of 11 bytes', { alert: 'decode_error', category: 'parse.error' }, (rogue) =>
    rogue.record(contentType.handshake, Uint8Array.of(20, 0, 0, 11, ...new Uint8Array(11))),
  );
  finishing('under a sequence number that is one too high', badMac, (rogue) => {
    rogue.keys.own.sequence = 1;
    rogue.finished();
  });
  finishing("under the server's key", badMac, (rogue) => {
    rogue.sealing = rogue.keys.other;
    rogue.finished();
  });
  finishing('in clear after ChangeCipherSpec', badMac, (rogue) => {
    rogue.sealing = undefined;
    rogue.finished();
  });
  finishing('application data in its place', early, (rogue) =>
    rogue.record(contentType.applicationData, Uint8Array.of(1)),
  );
  finishing('a heartbeat in its place', heartbeat, (rogue) =>
    rogue.record(contentType.heartbeat, hexToBytes('014000')),
  );
});

describe('other records', () => {
  arena.asClient12('a heartbeat after the hello', heartbeat, async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    rogue.clearRecord(contentType.heartbeat, hexToBytes('014000'));
  });
  arena.asClient12('application data after the hello', early, async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    rogue.clearRecord(contentType.applicationData, Uint8Array.of(1));
  });
});

describe('the rogue itself', () => {
  for (const [name, suite] of [
    ['AES-128-GCM', 0xc02b],
    ['AES-256-GCM', 0xc02c],
    ['ChaCha20-Poly1305', 0xcca9],
  ] as const) {
    it(`with nothing wrong gets the test's payload: ${name}, and a renegotiation after it changes nothing`, async () => {
      const rogue = await RogueClient12.connect(arena.pinata.ready.ports.server);
      rogue.hello({ cipherSuites: [suite] });
      expect((await rogue.serverFlight()).requested).toBe(true);
      rogue.authenticate(arena.genuine);
      await rogue.serverFinished();
      rogue.hello();
      const { alerts, data, how } = await rogue.ending();
      rogue.wire.end();
      expect({ alerts, how }).toEqual({ alerts: ['close_notify'], how: 'fin' });
      expect(new TextDecoder().decode(data)).toContain(`address: ${arena.pinata.ready.address}`);
      arena.expect('success.test');
    });
  }
});

arena.everyAttackIsCounted();
