import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { KeyUpdateRequest } from '../../service/tls/handshake-messages.ts';
import type { AlertName } from '../../service/tls/index.ts';
import { attackKit } from '../../service/tools/attack-kit.ts';
import { loadLibrary } from '../../service/tools/attack-library.ts';
import type { FailureKey } from '../../service/trace/index.ts';
import { LivePinata } from '../support/live-pinata.ts';
import { RogueClient } from '../support/rogue/client.ts';
import type { Heard } from '../support/rogue/peer.ts';
import { RogueTlsVisitor } from '../support/rogue/visitor.ts';
import { Wire } from '../support/rogue/wire.ts';

/*
 * Port 8443, where a handshake succeeds without any certificate: what comes after Finished can be shown here alone
 * (threats.md S7, S8, S11, S12; J4, J14, J15), and nothing of it stops the page.
 */

const library = await loadLibrary();

let pinata: LivePinata;
beforeAll(async () => {
  pinata = await LivePinata.start();
});
afterEach(() => Wire.closeAll());
afterAll(() => pinata?.stop());

const website = { protocols: ['http/1.1'], serverName: 'localhost' } as const;

/** Past Finished, with nobody's certificate. */
async function visitor(): Promise<RogueClient> {
  const rogue = await RogueClient.connect(pinata.ready.ports.https);
  rogue.hello(website);
  const { requested } = await rogue.serverFlight();
  expect(requested).toBe(false);
  rogue.finished();
  rogue.sealWithApplicationKeys();
  return rogue;
}

const request = utf8ToBytes('GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
const ok = /^HTTP\/1\.1 200 .*\r\n\r\nok\n?$/s;

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** Scripts for the website ask it for nothing. */
const kit = attackKit({
  site: new URL('http://127.0.0.1:1/'),
  credentials: undefined,
  connect: () => Promise.reject(new Error('one connection is all')),
  called: () => Promise.reject(new Error('nobody calls back')),
  note: () => undefined,
});

/** What the statistics are to hold in the end. */
const ledger = new Map<FailureKey, number>();
const enter = (category: FailureKey): void => void ledger.set(category, (ledger.get(category) ?? 0) + 1);

function refused(name: string, alert: AlertName, category: FailureKey, act: (rogue: RogueClient) => unknown): void {
  it(name, async () => {
    enter(category);
    const rogue = await visitor();
    await act(rogue);
    expect(await rogue.ending()).toMatchObject({ alerts: [alert], data: new Uint8Array(0) });
    rogue.wire.end();
    expect(await pinata.text('/healthz')).toMatch(/^ok/);
  });
}

describe('a well-behaved visitor', () => {
  it('is answered', async () => {
    const rogue = await visitor();
    rogue.data(request);
    expect(text((await rogue.ending()).data)).toMatch(ok);
  });

  it('is answered to a request of one byte a record, with padding', async () => {
    const rogue = await visitor();
    for (const byte of request) rogue.record(23, Uint8Array.of(byte), 7);
    expect(text((await rogue.ending()).data)).toMatch(ok);
  });

  it('may change keys, and have the server change its own', async () => {
    const rogue = await visitor();
    rogue.data(request.subarray(0, 10));
    rogue.keyUpdate(KeyUpdateRequest.update_requested);
    rogue.data(request.subarray(10, 20));
    rogue.keyUpdate(KeyUpdateRequest.update_requested);
    rogue.data(request.subarray(20));
    expect(text((await rogue.ending()).data)).toMatch(ok);
  });

  it('may close its half and still read (RFC 9846 §6.1)', async () => {
    const rogue = await visitor();
    rogue.data(request);
    rogue.alert(1, 0);
    rogue.wire.end();
    expect(text((await rogue.ending()).data)).toMatch(ok);
  });
});

describe('after Finished', () => {
  refused('S7: a flood of KeyUpdates', 'unexpected_message', 'limit.flood', (rogue) => {
    for (let i = 0; i < 33; i++) rogue.keyUpdate();
  });
  refused('S11: a flood of empty records', 'unexpected_message', 'limit.flood', (rogue) => {
    for (let i = 0; i < 33; i++) rogue.data(new Uint8Array(0));
  });
  refused('S9: a flood of warnings', 'unexpected_message', 'limit.flood', (rogue) => {
    for (let i = 0; i < 6; i++) rogue.alert(1, 90);
  });
  refused('S12: a new ClientHello', 'unexpected_message', 'handshake.unexpected', (rogue) => rogue.hello(website));
  refused('S1: a Certificate that nobody asked for', 'unexpected_message', 'handshake.unexpected', (rogue) =>
    rogue.authenticate(pinata.testClient),
  );
  refused('S8: ChangeCipherSpec', 'unexpected_message', 'handshake.unexpected', (rogue) => rogue.changeCipherSpec());
  refused('S7: NewSessionTicket to a server', 'unexpected_message', 'handshake.unexpected', (rogue) =>
    rogue.say(Uint8Array.of(4, 0, 0, 13, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0)),
  );
  refused('S10: a byte of a message behind KeyUpdate', 'unexpected_message', 'handshake.fragments', (rogue) =>
    rogue.record(22, concatBytes(Uint8Array.of(24, 0, 0, 1, 0), Uint8Array.of(24))),
  );
  refused('a KeyUpdate that asks for 2', 'illegal_parameter', 'parse.error', (rogue) =>
    rogue.record(22, Uint8Array.of(24, 0, 0, 1, 2)),
  );
  refused('heartbeat', 'unexpected_message', 'heartbeat', (rogue) => rogue.record(24, Uint8Array.of(1, 0x40, 0)));
  refused('R1: a record of the handshake keys', 'bad_record_mac', 'bad_record_mac', (rogue) => {
    rogue.useHandshakeKeys();
    rogue.openWithApplicationKeys();
    rogue.data(request);
  });
});

describe('J4, J14, J15: each request of the workbench, over TLS', () => {
  const requests = library.flatMap(({ name, attack }) =>
    attack.port !== 'http'
      ? []
      : attack.variants.map((variant) => [[name, variant.name].filter(Boolean).join(':'), variant] as const),
  );

  it('there are some of each', () => {
    const threats = library.flatMap(({ attack }) => (attack.port === 'http' ? attack.threats : []));
    expect(new Set(threats)).toEqual(new Set(['I2', 'J4', 'J8', 'J10', 'J14', 'J15']));
    expect(requests.length).toBeGreaterThan(80);
  });

  it.each(requests)('%s is answered as it is in clear, and nothing that hides behind it is', async (_, variant) => {
    if (variant.expect === 'bait' || !('answers' in variant.expect))
      throw new Error('a script for the website has answers');
    if (variant.expect.category !== 'website.page') enter(variant.expect.category);
    const tls = await RogueClient.connect(pinata.ready.ports.https);
    const { wire } = await RogueTlsVisitor.enter(tls);
    const answered: number[] = [];
    const heard = (what: Heard): void => {
      if (what.type === 'response') answered.push(what.status);
    };
    await variant.play(wire, kit, { sent: () => undefined, heard });
    tls.wire.end();
    expect(answered).toEqual(variant.expect.answers);
  });
});

describe('before Finished', () => {
  it('S4: a request at 0.5-RTT is not answered', async () => {
    enter('application_data.early');
    const rogue = await RogueClient.connect(pinata.ready.ports.https);
    rogue.hello(website);
    await rogue.serverFlight();
    rogue.data(request);
    expect(await rogue.ending()).toMatchObject({ alerts: ['unexpected_message'], data: new Uint8Array(0) });
    rogue.wire.end();
  });

  it('X1: the protocol of the bounty is not spoken here', async () => {
    enter('alpn.mismatch');
    const rogue = await RogueClient.connect(pinata.ready.ports.https);
    rogue.hello();
    expect(await rogue.ending()).toMatchObject({ alerts: ['no_application_protocol'] });
    rogue.wire.end();
  });
});

describe('after all of that', () => {
  it('each is in its category, and nothing was released', async () => {
    const counted = async () => {
      const { byCategory } = (await pinata.status()).connections;
      return Object.fromEntries([...ledger.keys()].map((key) => [key, byCategory[key]]));
    };
    await expect.poll(counted, { timeout: 60_000 }).toEqual(Object.fromEntries(ledger));
    expect((await pinata.status()).successes).toEqual({ paired: 0, unpaired: 0, test: 0 });
  });
});
