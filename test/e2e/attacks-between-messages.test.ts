import { concatBytes } from '@noble/hashes/utils.js';
import { describe, it } from 'vitest';
import type { RogueClient } from '../support/rogue/client.ts';
import { Arena, type ClientScript } from './arena.ts';

/* threats.md, State machine, against port 10000: what comes between the messages (S8, S9, S11) and across their keys (S10). */

const arena = Arena.forThisFile();

const unexpected = { alert: 'unexpected_message', category: 'handshake.unexpected' } as const;
const contentType = { changeCipherSpec: 20, alert: 21, handshake: 22 } as const;
const empty = new Uint8Array(0);

describe('S8: ChangeCipherSpec', () => {
  arena.asClient('before any hello', unexpected, (rogue) => rogue.changeCipherSpec());

  it.each([
    ['empty', empty],
    ['of 02', Uint8Array.of(2)],
    ['of two bytes', Uint8Array.of(1, 1)],
  ])('%s', async (_, content) => {
    const rogue = await arena.client();
    rogue.hello();
    await rogue.serverFlight();
    rogue.changeCipherSpec(content);
    await arena.judge(rogue, unexpected);
  });

  arena.asClient('encrypted', unexpected, async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    rogue.record(contentType.changeCipherSpec, Uint8Array.of(1));
  });

  arena.asClient('in the middle of a handshake message', unexpected, async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    rogue.record(contentType.handshake, rogue.certificateMessage(arena.genuine.chain).subarray(0, 20));
    rogue.changeCipherSpec();
  });

  arena.asClient('more than anybody needs', { alert: 'unexpected_message', category: 'limit.flood' }, async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    for (let i = 0; i < 40; i++) rogue.changeCipherSpec();
  });
});

describe('S9: alerts', () => {
  const malformed = { alert: 'decode_error', category: 'parse.error' } as const;
  const received = { alert: undefined, category: 'alert.received' } as const;

  arena.asClient('of one byte', malformed, (rogue) => rogue.clearRecord(contentType.alert, Uint8Array.of(1)));
  arena.asClient('of three bytes', malformed, (rogue) => rogue.clearRecord(contentType.alert, Uint8Array.of(1, 0, 0)));
  arena.asClient('of none', malformed, (rogue) => rogue.clearRecord(contentType.alert, empty));
  arena.asClient('a flood of warnings', { alert: 'unexpected_message', category: 'limit.flood' }, (rogue) => {
    for (let i = 0; i < 10; i++) rogue.alert(1, 90);
  });
  arena.asClient('fatal, first of all', received, (rogue) => rogue.alert(2, 40));
  arena.asClient('a warning that is none of the two allowed', received, (rogue) => rogue.alert(1, 100));
  arena.asClient('in clear, by a client that could not read our flight', received, async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    rogue.clearRecord(contentType.alert, Uint8Array.of(2, 50));
  });
  arena.asClient('in clear, where records are encrypted already', unexpected, async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    rogue.certificate(arena.genuine.chain);
    rogue.clearRecord(contentType.alert, Uint8Array.of(2, 50));
  });
  arena.asClient('close_notify instead of Finished', received, async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    rogue.certificate(arena.genuine.chain);
    rogue.certificateVerify(arena.genuine.signer);
    rogue.alert(1, 0);
  });
});

describe('S10: messages across a change of keys', () => {
  const fragments = { alert: 'unexpected_message', category: 'handshake.fragments' } as const;
  /** The server says nothing to it, not even its ServerHello. */
  const behindHello =
    (more: (rogue: RogueClient) => Uint8Array): ClientScript =>
    (rogue) => {
      const hello = rogue.clientHelloMessage();
      rogue.transcript.push(hello);
      rogue.record(contentType.handshake, concatBytes(hello, more(rogue)));
    };
  arena.asClient(
    'a byte of another message behind ClientHello',
    fragments,
    behindHello(() => Uint8Array.of(11)),
  );
  arena.asClient(
    'a whole Certificate behind ClientHello, in clear',
    fragments,
    behindHello((rogue) => rogue.certificateMessage(arena.genuine.chain)),
  );

  arena.asClient('a byte of another message behind Finished', fragments, async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    rogue.certificate(arena.genuine.chain);
    rogue.certificateVerify(arena.genuine.signer);
    rogue.record(contentType.handshake, concatBytes(rogue.finishedMessage(), Uint8Array.of(24)));
  });

  arena.asClient('a handshake message in clear after ServerHello', unexpected, async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    rogue.clearRecord(contentType.handshake, rogue.certificateMessage(arena.genuine.chain));
  });
});

describe('S11: records of length zero', () => {
  const nothing = { alert: 'unexpected_message', category: 'record.empty' } as const;
  arena.asClient('handshake, in clear', nothing, (rogue) => rogue.clearRecord(contentType.handshake, empty));
  arena.asClient('handshake, encrypted', nothing, async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    rogue.record(contentType.handshake, empty);
  });
  arena.asClient(
    'application data, encrypted, before the handshake is done',
    { alert: 'unexpected_message', category: 'application_data.early' },
    async (rogue) => {
      rogue.hello();
      await rogue.serverFlight();
      rogue.data(empty);
    },
  );
});

arena.everyAttackIsCounted();
