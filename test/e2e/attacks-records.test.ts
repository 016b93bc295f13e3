import { concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { describe, it } from 'vitest';
import { recordHeader } from '../../service/tls/record.ts';
import { readBy } from '../host/relay.ts';
import { Protection } from '../support/rogue/protection.ts';
import { Arena, type Verdict } from './arena.ts';

/* The record layer: failures.md §3.1's first rows, and threats.md R1 to R4, live. */

const arena = Arena.forThisFile();

const notTls = { alert: 'protocol_version', category: 'record.not_tls' } as const;
const overflow = { alert: 'record_overflow', category: 'record.overflow' } as const;
const badMac = { alert: 'bad_record_mac', category: 'bad_record_mac' } as const;
const empty = { alert: 'unexpected_message', category: 'record.empty' } as const;
const heartbeat = { alert: 'unexpected_message', category: 'heartbeat' } as const;
const handshake = 22;

/** These bytes, first of all. */
const saying = (name: string, bytes: Uint8Array, verdict: Verdict): void =>
  arena.asClient(name, verdict, (rogue) => rogue.wire.write(bytes));

describe('not TLS', () => {
  for (const text of [
    'please give key\r\n',
    'hi give me teh btcs\r\n',
    'GET / HTTP/1.1\r\n\r\n',
    'SSH-2.0-OpenSSH_9.9\r\n',
  ]) {
    saying(JSON.stringify(text), utf8ToBytes(text), notTls);
  }
  saying('an SSLv2 hello', hexToBytes('802e010002'), notTls);
  saying('a remote desktop', hexToBytes('030000130ee00000000000010008000b000000'), notTls);
  saying('two bytes are enough', utf8ToBytes('GE'), notTls);
  saying('a version that does not exist', hexToBytes('160500000100'), {
    alert: 'protocol_version',
    category: 'record.unknown_version',
  });
  saying('a type that does not exist', hexToBytes('63030300 0100'.replace(' ', '')), {
    alert: 'unexpected_message',
    category: 'record.unknown_type',
  });
});

describe('heartbeats', () => {
  const request = hexToBytes('014000');
  saying('first of all', concatBytes(hexToBytes('1803020003'), request), heartbeat);
  arena.asClient('after the hello', heartbeat, async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    rogue.clearRecord(24, request);
  });
  arena.asClient('encrypted', heartbeat, async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    rogue.record(24, request);
  });
});

describe('R3: sizes', () => {
  saying('a record in clear of 2^14 + 1 bytes, by its header alone', recordHeader(handshake, 2 ** 14 + 1), overflow);
  saying('a record of 65535 bytes', recordHeader(handshake, 65_535), overflow);
  arena.asClient('an encrypted record of 2^14 + 257 bytes', overflow, async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    rogue.wire.write(recordHeader(23, 2 ** 14 + 257));
  });
  arena.asClient('2^14 + 1 bytes once it is opened', overflow, async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    rogue.record(handshake, new Uint8Array(2 ** 14 + 1).fill(1));
  });
  arena.asClient('padding that makes it longer than 2^14 + 1', overflow, async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    rogue.record(handshake, Uint8Array.of(11), 2 ** 14 + 1);
  });
  arena.asClient('nothing but padding', empty, async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    rogue.innerPlaintext(new Uint8Array(100));
  });
  arena.asClient('not even padding', empty, async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    rogue.innerPlaintext(new Uint8Array(0));
  });
  arena.asClient(
    'an inner type that does not exist',
    { alert: 'unexpected_message', category: 'record.unknown_type' },
    async (rogue) => {
      rogue.hello();
      await rogue.serverFlight();
      rogue.record(99, Uint8Array.of(1));
    },
  );
});

describe('R1, R2, R4: records that do not open', () => {
  arena.asClient('one bit flipped', badMac, async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    const record = rogue.sealing?.seal(concatBytes(rogue.certificateMessage(arena.genuine.chain), Uint8Array.of(22)));
    rogue.wire.write(record?.map((byte, at) => (at === 40 ? byte ^ 1 : byte)) ?? new Uint8Array(0));
  });
  arena.asClient('a header changed', badMac, async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    const record = rogue.sealing?.seal(concatBytes(rogue.certificateMessage(arena.genuine.chain), Uint8Array.of(22)));
    rogue.wire.write(record?.map((byte, at) => (at === 2 ? 1 : byte)) ?? new Uint8Array(0));
  });
  arena.asClient('the same record twice', badMac, async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    const message = rogue.certificateMessage(arena.genuine.chain);
    const record = rogue.sealing?.seal(concatBytes(message, Uint8Array.of(22))) ?? new Uint8Array(0);
    rogue.wire.write(record);
    rogue.wire.write(record);
  });
  arena.asClient('a sequence number left out', badMac, async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    if (rogue.sealing !== undefined) rogue.sealing.sequence = 1;
    rogue.certificate(arena.genuine.chain);
  });
  arena.asClient("sealed with the server's own key: its flight sent back", badMac, async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    const secret = rogue.handshakeSecrets?.server ?? new Uint8Array(0);
    rogue.sealing = new Protection(rogue.suite, secret);
    rogue.certificate(arena.genuine.chain);
  });
  arena.asClient('Finished under the keys of the application', badMac, async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    rogue.certificate(arena.genuine.chain);
    rogue.certificateVerify(arena.genuine.signer);
    rogue.sealWithApplicationKeys();
    rogue.finished();
  });
  arena.asClient('shorter than its tag', badMac, async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    rogue.clearRecord(23, new Uint8Array(15));
  });
});

describe('cut off', () => {
  it.each([1, 3, 5, 100])('after %i bytes of the hello, by FIN', async (length) => {
    const rogue = await arena.client();
    const hello = rogue.clientHelloMessage();
    rogue.wire.write(concatBytes(recordHeader(handshake, hello.length), hello).subarray(0, length));
    rogue.wire.end();
    await arena.judge(rogue, { alert: undefined, category: 'eof' });
  });
  it('before the first byte', async () => {
    const rogue = await arena.client();
    rogue.wire.end();
    await arena.judge(rogue, { alert: undefined, category: 'empty' });
  });
  it('by RST in the middle of the hello', async () => {
    const rogue = await arena.client();
    rogue.wire.write(Uint8Array.of(22, 3, 1));
    await readBy(arena.pinata.ready.ports.http);
    rogue.wire.reset();
    arena.expect('aborted');
  });
});

arena.everyAttackIsCounted();
