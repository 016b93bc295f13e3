import { concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import { describe } from 'vitest';
import { ExtensionType } from '../../service/tls/extension-type.ts';
import {
  clientKeyShares,
  type Extension,
  extensionOf,
  protocolNameList,
  selectedVersion,
  serverNameList,
} from '../../service/tls/extensions.ts';
import { certificateRequest, encryptedExtensions, handshakeMessage } from '../../service/tls/handshake-messages.ts';
import { decode } from '../../service/tls/presentation.ts';
import { forger } from '../support/rogue/identity.ts';
import type { RogueServer } from '../support/rogue/server.ts';
import { Arena } from './arena.ts';

/* threats.md against port 10002, where the piñata plays the TLS client and the attacker the server. */

const arena = Arena.forThisFile();

const unexpected = { alert: 'unexpected_message', category: 'handshake.unexpected' } as const;
const illegal = { alert: 'illegal_parameter', category: 'parameter.illegal' } as const;
const retry = { alert: 'illegal_parameter', category: 'hello_retry' } as const;
const share = { alert: 'illegal_parameter', category: 'key_share.invalid' } as const;
const unsolicited = { alert: 'unsupported_extension', category: 'extension.invalid' } as const;
const forbidden = { alert: 'illegal_parameter', category: 'extension.invalid' } as const;
const X25519 = 0x001d;
const P256 = 0x0017;
const asServer = { purpose: 'serverAuth', dnsNames: ['server.btc-pinata.invalid'] } as const;

/** What the piñata published of itself: its server's certificate, and nobody's key. */
const genuine = (): Uint8Array => arena.certificate('bounty: server');

describe('S1: messages left out', () => {
  arena.asServer('EncryptedExtensions', unexpected, async (rogue) => {
    await rogue.hearClientHello();
    rogue.serverHello();
    rogue.certificateRequest();
  });

  arena.asServer(
    'CertificateRequest',
    { alert: 'handshake_failure', category: 'client_auth_not_requested' },
    async (rogue) => {
      await rogue.hearClientHello();
      rogue.openFlight({ request: false });
      rogue.authenticate(arena.authority.issue(asServer));
    },
  );

  arena.asServer('Certificate', unexpected, async (rogue) => {
    await rogue.hearClientHello();
    rogue.openFlight();
    rogue.certificateVerify(arena.genuine.signer);
    rogue.finished();
  });

  arena.asServer('Certificate and CertificateVerify', unexpected, async (rogue) => {
    await rogue.hearClientHello();
    rogue.openFlight();
    rogue.finished();
  });

  arena.asServer('CertificateVerify', unexpected, async (rogue) => {
    await rogue.hearClientHello();
    rogue.openFlight();
    rogue.certificate([genuine()]);
    rogue.finished();
  });

  arena.asServer(
    'all of it: application data at once',
    { alert: 'unexpected_message', category: 'application_data.early' },
    async (rogue) => {
      await rogue.hearClientHello();
      rogue.serverHello();
      rogue.data(Uint8Array.of(1));
    },
  );
});

describe('messages that have no place', () => {
  arena.asServer('ClientHello to a client', unexpected, async (rogue) => {
    const hello = await rogue.hear();
    if (hello.type === 'handshake') rogue.say(hello.bytes);
  });
  arena.asServer('HelloRequest (S12)', unexpected, async (rogue) => {
    await rogue.hearClientHello();
    rogue.say(Uint8Array.of(0, 0, 0, 0));
  });
  arena.asServer('ServerHelloDone of TLS 1.2 (S13)', unexpected, async (rogue) => {
    await rogue.hearClientHello();
    rogue.openFlight();
    rogue.say(Uint8Array.of(14, 0, 0, 0));
  });
  arena.asServer('two CertificateRequests', unexpected, async (rogue) => {
    await rogue.hearClientHello();
    rogue.openFlight();
    rogue.certificateRequest();
  });
  arena.asServer('NewSessionTicket before Finished (S7)', unexpected, async (rogue) => {
    await rogue.hearClientHello();
    rogue.openFlight();
    rogue.say(Uint8Array.of(4, 0, 0, 13, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0));
  });
  arena.asServer('KeyUpdate before Finished (S7)', unexpected, async (rogue) => {
    await rogue.hearClientHello();
    rogue.openFlight();
    rogue.keyUpdate();
  });
  arena.asServer(
    'EncryptedExtensions in clear behind ServerHello (S10)',
    { alert: 'unexpected_message', category: 'handshake.fragments' },
    async (rogue) => {
      await rogue.hearClientHello();
      const hello = rogue.serverHelloMessage({ group: X25519, keyExchange: new Uint8Array(32).fill(9) });
      rogue.sayTogether(hello, handshakeMessage('encrypted_extensions', encryptedExtensions, []));
    },
  );
});

describe('ServerHello', () => {
  arena.asServer('a cipher suite that was not offered', illegal, async (rogue) => {
    await rogue.hearClientHello();
    rogue.serverHello({ cipherSuite: 0x1304 });
  });
  arena.asServer('another legacy_session_id', illegal, async (rogue) => {
    await rogue.hearClientHello();
    rogue.serverHello({ change: (hello) => ({ ...hello, legacySessionIdEcho: new Uint8Array(32) }) });
  });
  arena.asServer('compression', illegal, async (rogue) => {
    await rogue.hearClientHello();
    rogue.serverHello({ change: (hello) => ({ ...hello, legacyCompressionMethod: 1 }) });
  });
  arena.asServer('TLS 1.2 by supported_versions', illegal, async (rogue) => {
    await rogue.hearClientHello();
    rogue.serverHello({ change: changed(ExtensionType.supported_versions, Uint8Array.of(3, 3)) });
  });
  arena.asServer(
    'TLS 1.2 with a suite of TLS 1.3',
    { alert: 'illegal_parameter', category: 'parameter.illegal' },
    async (rogue) => {
      await rogue.hearClientHello();
      rogue.serverHello({ change: (hello) => ({ ...hello, extensions: [] }) });
    },
  );
  arena.asServer('the downgrade sentinel', { alert: 'illegal_parameter', category: 'downgrade' }, async (rogue) => {
    await rogue.hearClientHello();
    const random = concatBytes(new Uint8Array(24), hexToBytes('444f574e47524401'));
    rogue.serverHello({ random, change: (hello) => ({ ...hello, extensions: [] }) });
  });
  arena.asServer('pre_shared_key, which nobody offered (S5)', unsolicited, async (rogue) => {
    await rogue.hearClientHello();
    rogue.serverHello({ extensions: [{ type: ExtensionType.pre_shared_key, data: Uint8Array.of(0, 0) }] });
  });
  arena.asServer('ALPN, which belongs into EncryptedExtensions', forbidden, async (rogue) => {
    await rogue.hearClientHello();
    const alpn = extensionOf(ExtensionType.application_layer_protocol_negotiation, protocolNameList, ['pinata/1']);
    rogue.serverHello({ extensions: [alpn] });
  });
  arena.asServer('supported_versions twice', forbidden, async (rogue) => {
    await rogue.hearClientHello();
    rogue.serverHello({ extensions: [extensionOf(ExtensionType.supported_versions, selectedVersion, 0x0304)] });
  });
  arena.asServer('no key_share', { alert: 'missing_extension', category: 'extension.missing' }, async (rogue) => {
    await rogue.hearClientHello();
    rogue.serverHello({
      change: (hello) => ({
        ...hello,
        extensions: hello.extensions.filter(({ type }) => type !== ExtensionType.key_share),
      }),
    });
  });
});

describe('K1, X4: key shares', () => {
  const answering = (group: number, keyExchange: (rogue: RogueServer) => Uint8Array) => async (rogue: RogueServer) => {
    await rogue.hearClientHello();
    rogue.serverHello({ keyShare: { group, keyExchange: keyExchange(rogue) } });
  };
  arena.asServer(
    'of zeros',
    share,
    answering(X25519, () => new Uint8Array(32)),
  );
  arena.asServer(
    'a byte short',
    share,
    answering(X25519, () => new Uint8Array(31).fill(9)),
  );
  arena.asServer(
    'of a group that we sent no share of',
    share,
    answering(P256, () => new Uint8Array(65).fill(4)),
  );
  arena.asServer(
    "the client's own, sent back",
    { alert: 'illegal_parameter', category: 'reflection' },
    answering(X25519, clientShare),
  );
});

describe('S6: HelloRetryRequest', () => {
  arena.asServer('twice', { alert: 'unexpected_message', category: 'hello_retry' }, async (rogue) => {
    await rogue.hearClientHello();
    rogue.helloRetryRequest({ group: P256 });
    await rogue.hearClientHello();
    rogue.helloRetryRequest({ group: P256 });
  });
  arena.asServer('for a share that is there already', retry, async (rogue) => {
    await rogue.hearClientHello();
    rogue.helloRetryRequest({ group: X25519 });
  });
  arena.asServer('for nothing', retry, async (rogue) => {
    await rogue.hearClientHello();
    rogue.helloRetryRequest({});
  });
  arena.asServer('for a group that was not offered', illegal, async (rogue) => {
    await rogue.hearClientHello();
    rogue.helloRetryRequest({ group: 0x001e });
  });
  arena.asServer('and another cipher suite afterwards', illegal, async (rogue) => {
    await rogue.hearClientHello();
    rogue.helloRetryRequest({ group: P256, cipherSuite: 0x1301 });
    await rogue.hearClientHello();
    rogue.serverHello({ group: P256, cipherSuite: 0x1303 });
  });
});

describe('EncryptedExtensions', () => {
  const mismatch = { alert: 'illegal_parameter', category: 'alpn.mismatch' } as const;
  const missing = { alert: 'no_application_protocol', category: 'alpn.missing' } as const;
  arena.asServer('h2', mismatch, async (rogue) => {
    await rogue.hearClientHello();
    rogue.openFlight({ protocol: 'h2' });
  });
  arena.asServer('no protocol (X5)', missing, async (rogue) => {
    await rogue.hearClientHello();
    rogue.openFlight({ protocol: 'none' });
  });
  arena.asServer('an extension that was not asked for', unsolicited, async (rogue) => {
    await rogue.hearClientHello();
    rogue.serverHello();
    rogue.encryptedExtensions('pinata/1', [{ type: ExtensionType.record_size_limit, data: Uint8Array.of(0, 64) }]);
  });
  arena.asServer('early_data (S5)', unsolicited, async (rogue) => {
    await rogue.hearClientHello();
    rogue.serverHello();
    rogue.encryptedExtensions('pinata/1', [{ type: ExtensionType.early_data, data: new Uint8Array(0) }]);
  });
  arena.asServer('a key share, which belongs into ServerHello', forbidden, async (rogue) => {
    await rogue.hearClientHello();
    rogue.serverHello();
    rogue.encryptedExtensions('pinata/1', [{ type: ExtensionType.key_share, data: Uint8Array.of(0, 29) }]);
  });
  arena.asServer(
    'server_name with something in it',
    { alert: 'decode_error', category: 'parse.error' },
    async (rogue) => {
      await rogue.hearClientHello();
      rogue.serverHello();
      rogue.encryptedExtensions('pinata/1', [extensionOf(ExtensionType.server_name, serverNameList, 'server.invalid')]);
    },
  );
});

describe('CertificateRequest', () => {
  arena.asServer('with a context', illegal, async (rogue) => {
    await rogue.hearClientHello();
    rogue.serverHello();
    rogue.encryptedExtensions();
    rogue.certificateRequest([0x0403], Uint8Array.of(1));
  });
  arena.asServer(
    'without signature_algorithms',
    { alert: 'missing_extension', category: 'extension.missing' },
    async (rogue) => {
      await rogue.hearClientHello();
      rogue.serverHello();
      rogue.encryptedExtensions();
      rogue.say(
        handshakeMessage('certificate_request', certificateRequest, {
          certificateRequestContext: new Uint8Array(0),
          extensions: [],
        }),
      );
    },
  );
});

describe('who the server says it is', () => {
  const showing = (chain: () => readonly Uint8Array[]) => async (rogue: RogueServer) => {
    await rogue.hearClientHello();
    rogue.openFlight();
    rogue.certificate(chain());
    rogue.certificateVerify(arena.genuine.signer);
    rogue.finished();
  };
  const bad = { alert: 'bad_certificate', category: 'reflection' } as const;

  arena.asServer(
    'somebody of another authority',
    { alert: 'unknown_ca', category: 'x509.no_anchor' },
    async (rogue) => {
      await rogue.shakeHands(arena.authority.issue(asServer));
    },
  );
  arena.asServer(
    'nobody',
    { alert: 'decode_error', category: 'parse.error' },
    showing(() => []),
  );
  arena.asServer(
    "X4: the client's own certificate",
    bad,
    showing(() => [arena.certificate('bounty: client')]),
  );
  arena.asServer(
    'X1: the website',
    { alert: 'unknown_ca', category: 'x509.no_anchor' },
    showing(() => [arena.certificate('website: website')]),
  );
  arena.asServer(
    'X3: a genuine client, with its key',
    { alert: 'unsupported_certificate', category: 'cert.wrong_role' },
    async (rogue) => {
      await rogue.shakeHands(arena.genuine);
    },
  );

  const invalid = { alert: 'decrypt_error', category: 'sig.invalid' } as const;
  arena.asServer(
    'the genuine server, with another key',
    invalid,
    showing(() => [genuine()]),
  );
  arena.asServer('the genuine server, with a psychic signature (G1)', invalid, async (rogue) => {
    await rogue.hearClientHello();
    rogue.openFlight();
    rogue.certificate([genuine()]);
    rogue.certificateVerify(forger(hexToBytes('3006020100020100')));
    rogue.finished();
  });
  arena.asServer('the genuine server, by a scheme that fits no such key', illegal, async (rogue) => {
    await rogue.hearClientHello();
    rogue.openFlight();
    rogue.certificate([genuine()]);
    rogue.certificateVerify(arena.genuine.signer, { scheme: 0x0807 });
  });
});

describe('X9: the client as a signing oracle', () => {
  arena.asServer(
    'it signs nothing before it has seen who asks',
    { alert: 'unknown_ca', category: 'x509.no_anchor' },
    async (rogue) => {
      await rogue.hearClientHello();
      rogue.openFlight();
      rogue.certificate(arena.authority.issue(asServer).chain);
    },
  );
});

const changed =
  (type: number, data: Uint8Array) =>
  <T extends { readonly extensions: readonly Extension[] }>(hello: T): T => ({
    ...hello,
    extensions: hello.extensions.map((entry) => (entry.type === type ? { type, data } : entry)),
  });

function clientShare(rogue: RogueServer): Uint8Array {
  const data = rogue.clientHello?.extensions.find(({ type }) => type === ExtensionType.key_share)?.data;
  const shares = data === undefined ? undefined : decode(clientKeyShares, data);
  const own = shares?.ok === true ? shares.value.find(({ group }) => group === X25519) : undefined;
  if (own === undefined) throw new Error('the client sent no share on X25519');
  return own.keyExchange;
}

arena.everyAttackIsCounted();
