import type { Socket } from 'node:net';
import { hexToBytes } from '@noble/hashes/utils.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../service/tools/connect.ts';
import { type Replay, replay } from '../../service/tools/replay.ts';
import { RogueClient } from '../../service/tools/rogue/client.ts';
import { Wire } from '../../service/tools/rogue/wire.ts';
import { type AttemptLine, failureKeys, failureTable, parseTraceLine, traceLine } from '../../service/trace/index.ts';
import { type Corpus, generationsOf, playLibrary, record, type Stand } from './replay-corpus.ts';

/* Every attack of the library, and what the failure table begins with, against a live service: all of it is replayed. */

let replays: readonly (readonly [AttemptLine, Replay])[];

beforeAll(async () => {
  const all = await record(async (stand) => {
    await playLibrary(stand);
    await firstBytes(stand);
    await silence(stand);
    await website(stand);
    await bridge(stand);
  });
  const old = await record(bridge, ['--tls', '1.2']);
  replays = [...replaysOf(all), ...replaysOf(old)];
});

/** Of the lines as they are in a file. */
function replaysOf(corpus: Corpus): typeof replays {
  const generations = generationsOf(corpus);
  return corpus.attempts.map((attempt) => {
    const parsed = parseTraceLine(traceLine(attempt));
    if (parsed.ok !== true || parsed.line.type !== 'attempt') throw new Error(JSON.stringify(parsed));
    return [parsed.line, replay(parsed.line, generations)] as const;
  });
}

const dial = async (port: number): Promise<Wire> =>
  new Wire(await connect('127.0.0.1', port, 'the piñata', AbortSignal.timeout(60_000)));

/** What the failure table begins with, on the ports that speak TLS. */
async function firstBytes({ service }: Stand): Promise<void> {
  for (const key of failureKeys) {
    const { bytes } = failureTable[key];
    if (bytes === undefined) continue;
    for (const port of [service.ports.server, service.ports.reverse, service.ports.https]) {
      const wire = await dial(port);
      wire.write(hexToBytes(bytes.replaceAll(' ', '')));
      wire.end();
      while ((await wire.read(1)) instanceof Uint8Array);
    }
  }
}

/** Connected and gone, and gone in the middle of something. */
async function silence({ service }: Stand): Promise<void> {
  for (const port of [service.ports.server, service.ports.reverse, service.ports.https]) {
    (await dial(port)).reset();
    const half = await dial(port);
    half.write(Uint8Array.of(22, 3, 1, 0, 200, 1, 0));
    half.end();
    while ((await half.read(1)) instanceof Uint8Array);
  }
}

/** Attempts on the page: past Finished, and then no HTTP. */
async function website({ service }: Stand): Promise<void> {
  for (const misbehave of [
    (rogue: RogueClient) => rogue.record(24, Uint8Array.of(1, 0, 0)),
    (rogue: RogueClient) => rogue.record(20, Uint8Array.of(1)),
    (rogue: RogueClient) => rogue.record(22, Uint8Array.of(1, 0, 0, 0)),
  ]) {
    const rogue = new RogueClient(await dial(service.ports.https));
    rogue.hello({ protocols: ['http/1.1'], serverName: 'localhost' });
    await rogue.serverFlight();
    rogue.finished();
    rogue.sealWithApplicationKeys();
    misbehave(rogue);
    await rogue.ending();
    rogue.wire.end();
  }
}

/** By a FIN, or however else. */
const ended = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    for (const event of ['end', 'error', 'close']) socket.on(event, () => resolve());
  });

/** The two ends of the bounty, joined: both let each other in. Then once more, with a record spoilt on the way. */
async function bridge({ service }: Stand): Promise<void> {
  for (const spoil of [false, true]) {
    const [server, client] = await Promise.all(
      [service.ports.server, service.ports.reverse].map((port) =>
        connect('127.0.0.1', port, 'the piñata', AbortSignal.timeout(60_000)),
      ),
    );
    if (server === undefined || client === undefined) throw new Error('there is no bridge without two ends');
    let passed = 0;
    client.on('data', (bytes: Buffer) => {
      // The ClientHello goes through, and the last byte of what follows it does not.
      if (spoil && passed++ > 0) bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
      server.write(bytes);
    });
    server.on('data', (bytes: Buffer) => client.write(bytes));
    await Promise.all([server, client].map(ended));
    server.destroy();
    client.destroy();
  }
}

describe('a live service', () => {
  it('has every attempt on record reproduced, step by step', () => {
    const others = replays.filter(([, { verdict }]) => verdict !== 'reproduced');
    expect(others.map(([{ head }, { verdict, differences }]) => ({ head, verdict, differences }))).toEqual([]);
    expect(replays.length).toBeGreaterThan(300);
  });

  it('of both roles, both versions and most categories that the engine decides', () => {
    const heads = replays.map(([{ head }]) => head);
    for (const role of ['server', 'client'] as const)
      for (const version of ['1.3', '1.2'] as const)
        expect(
          heads.filter((head) => head.role === role && head.version === version).length,
          `${role} ${version}`,
        ).toBeGreaterThan(0);
    expect(heads.some(({ port }) => port === 'https')).toBe(true);
    const seen = new Set(heads.map(({ category }) => category));
    for (const key of [
      'success.short_circuit',
      'success.test',
      'bad_record_mac',
      'bad_finished',
      'sig.invalid',
    ] as const)
      expect(seen).toContain(key);
    expect(seen.size).toBeGreaterThan(35);
  });

  it('takes nothing of a verdict from the record but what a key decides', () => {
    const faults = replays.flatMap(([, { steps }]) => steps).filter(({ step }) => step.type === 'fault');
    const taken = faults.filter(({ origin }) => origin !== 'computed').map(({ step }) => step);
    const reasons = new Set(taken.map((step) => (step.type === 'fault' ? step.fault.reason : step.type)));
    expect(faults.length).toBeGreaterThan(400);
    for (const reason of reasons)
      expect(['bad_finished', 'bad_record_mac', 'inner_plaintext_without_type', 'record_overflow']).toContain(reason);
  });
});
