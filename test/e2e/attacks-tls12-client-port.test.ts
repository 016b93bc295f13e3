import { concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import { describe } from 'vitest';
import { ExtensionType } from '../../service/tls/extension-type.ts';
import { forger, type Signer } from '../support/rogue/identity.ts';
import type { ServerHello12Choices } from '../support/rogue/server-12.ts';
import { Arena, type Verdict } from './arena.ts';

/* Port 10002, where the piñata plays the TLS client, and attackers who answer in TLS 1.2. */

const arena = Arena.forThisFile();

const unexpected = { alert: 'unexpected_message', category: 'handshake.unexpected' } as const;
const illegal = { alert: 'illegal_parameter', category: 'parameter.illegal' } as const;
const downgrade = { alert: 'illegal_parameter', category: 'downgrade' } as const;
const genuine = (): Uint8Array => arena.certificate('bounty: server');
const asServer = { purpose: 'serverAuth', dnsNames: ['server.btc-pinata.invalid'] } as const;
const stranger = (): Signer => arena.authority.issue(asServer).signer;

const hello = (name: string, verdict: Verdict, choices: ServerHello12Choices): void =>
  arena.asServer12(name, verdict, async (rogue) => {
    await rogue.hearClientHello();
    rogue.hello12(choices);
  });

describe('ServerHello', () => {
  const sentinel = (last: number): Uint8Array =>
    concatBytes(new Uint8Array(24).fill(7), hexToBytes('444f574e475244'), Uint8Array.of(last));
  hello('the sentinel: the server could do TLS 1.3', downgrade, { random: sentinel(1) });
  hello('the sentinel for TLS 1.1 and older', downgrade, { random: sentinel(0) });
  hello(
    'no renegotiation_info',
    { alert: 'handshake_failure', category: 'reneg.missing' },
    { renegotiationInfo: 'none' },
  );
  hello(
    'no extended_main_secret',
    { alert: 'handshake_failure', category: 'ems.missing' },
    { extendedMainSecret: false },
  );
  hello('h2, which we did not offer', { alert: 'illegal_parameter', category: 'alpn.mismatch' }, { protocol: 'h2' });
  hello('no ALPN', { alert: 'no_application_protocol', category: 'alpn.missing' }, { protocol: 'none' });
  hello('CBC, which we did not offer', illegal, { cipherSuite: 0xc009 });
  hello('static RSA, which we did not offer', illegal, { cipherSuite: 0x009c });
  hello('compression', illegal, { change: (message) => ({ ...message, legacyCompressionMethod: 1 }) });
  hello(
    'a session ticket, unasked for',
    { alert: 'unsupported_extension', category: 'extension.invalid' },
    { extensions: [{ type: 35, data: new Uint8Array(0) }] },
  );
  hello(
    'a key_share, which is of TLS 1.3',
    { alert: 'illegal_parameter', category: 'extension.invalid' },
    { extensions: [{ type: ExtensionType.key_share, data: new Uint8Array(36) }] },
  );
  for (const [version, category] of [
    [0x0300, 'version.ssl3'],
    [0x0301, 'version.legacy'],
    [0x0302, 'version.legacy'],
  ] as const) {
    const verdict = { alert: 'protocol_version', category } as const;
    hello(`version ${version.toString(16)}`, verdict, {
      change: (message) => ({ ...message, legacyVersion: version }),
    });
  }
});

describe('messages left out, early, or of another state', () => {
  arena.asServer12('HelloRequest, first of all', unexpected, async (rogue) => {
    await rogue.hearClientHello();
    rogue.record(22, new Uint8Array(4));
  });
  arena.asServer12('ChangeCipherSpec after ServerHello (CVE-2014-0224)', unexpected, async (rogue) => {
    await rogue.hearClientHello();
    rogue.hello12();
    rogue.changeCipherSpec();
  });
  arena.asServer12('no Certificate', unexpected, async (rogue) => {
    await rogue.hearClientHello();
    rogue.hello12();
    rogue.keyExchange12(stranger());
  });
  arena.asServer12('no ServerKeyExchange', unexpected, async (rogue) => {
    await rogue.hearClientHello();
    rogue.hello12();
    rogue.certificate12([genuine()]);
    rogue.certificateRequest12();
    rogue.helloDone12();
  });
  arena.asServer12('CertificateRequest before ServerKeyExchange', unexpected, async (rogue) => {
    await rogue.hearClientHello();
    rogue.hello12();
    rogue.certificate12([genuine()]);
    rogue.certificateRequest12();
  });
  arena.asServer12('a second ServerHello', unexpected, async (rogue) => {
    await rogue.hearClientHello();
    rogue.hello12();
    rogue.hello12();
  });
});

describe('who it is', () => {
  const invalid = { alert: 'decrypt_error', category: 'sig.invalid' } as const;
  const exchanging = (name: string, verdict: Verdict, signer: () => Signer, content?: Uint8Array): void =>
    arena.asServer12(name, verdict, async (rogue) => {
      await rogue.hearClientHello();
      rogue.hello12();
      rogue.certificate12([genuine()]);
      rogue.keyExchange12(signer(), content === undefined ? {} : { content });
      rogue.certificateRequest12();
      rogue.helloDone12();
    });
  exchanging("our own certificate, and a ServerKeyExchange signed by the attacker's key", invalid, stranger);
  exchanging('our own certificate, and an empty signature', invalid, () => forger(new Uint8Array(0)));
  exchanging("our own certificate, and the client's key", invalid, () => arena.genuine.signer);
  exchanging('a scheme we did not offer', { alert: 'illegal_parameter', category: 'sig.invalid' }, () =>
    forger(new Uint8Array(70), 0x0203),
  );
  arena.asServer12(
    "a certificate of the attacker's authority",
    { alert: 'unknown_ca', category: 'x509.no_anchor' },
    async (rogue) => {
      await rogue.hearClientHello();
      rogue.hello12();
      rogue.certificate12(arena.authority.issue(asServer).chain);
    },
  );
  // A server always has one: an empty list is a message that does not decode (RFC 9846 §4.4.2.4 says so).
  arena.asServer12('no certificate', { alert: 'decode_error', category: 'parse.error' }, async (rogue) => {
    await rogue.hearClientHello();
    rogue.hello12();
    rogue.certificate12([]);
  });
  arena.asServer12('a suite of RSA over our ECDSA certificate', illegal, async (rogue) => {
    await rogue.hearClientHello();
    rogue.hello12({ cipherSuite: 0xc02f });
    rogue.certificate12([genuine()]);
  });
  arena.asServer12('a group we did not offer', illegal, async (rogue) => {
    await rogue.hearClientHello();
    rogue.hello12();
    rogue.certificate12([genuine()]);
    rogue.keyExchange12(stranger(), { group: 0x001e });
  });
  arena.asServer12(
    "our client's own certificate",
    { alert: 'bad_certificate', category: 'reflection' },
    async (rogue) => {
      await rogue.hearClientHello();
      rogue.hello12();
      rogue.certificate12([arena.certificate('bounty: client')]);
    },
  );
});

arena.everyAttackIsCounted();
