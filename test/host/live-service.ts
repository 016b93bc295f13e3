import { resolve } from 'node:path';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { onTestFinished } from 'vitest';
import { secretToShare } from '../../service/bitcoin/sharing.ts';
import { Bait } from '../../service/bounty/bait.ts';
import type { Attester } from '../../service/host/attester.ts';
import type { Clock } from '../../service/host/clock.ts';
import { configure } from '../../service/host/configuration.ts';
import { entropy } from '../../service/host/entropy.ts';
import { createLog } from '../../service/host/log.ts';
import { makeWallet } from '../../service/host/open-wallet.ts';
import { openService, type Service, type ServiceOptions } from '../../service/host/service.ts';
import type { TraceStore } from '../../service/host/trace-store.ts';
import type { StatusDocument } from '../../service/site/documents.ts';
import { sampleAttestation, sampleWallet } from '../site/sample-view.ts';
import { anyPorts } from './program.ts';
import { eventually } from './relay.ts';

const program = resolve(import.meta.dirname, '../../service/main.ts');

/* The whole service inside the test's own process, where the clock is the test's. */

export class TestClock implements Clock {
  /** As of today: other programs judge our certificates by their own clock. */
  #seconds: number;

  /** `ahead`: by so many seconds. */
  constructor(ahead = 0) {
    this.#seconds = Math.floor(Date.now() / 1000) + ahead;
  }

  readonly seconds = (): number => this.#seconds;
  readonly monotonic = (): number => performance.now();

  pass(seconds: number): void {
    this.#seconds += seconds;
  }
}

export interface LiveService {
  readonly service: Service;
  readonly clock: TestClock;
  readonly log: () => string;
  readonly get: (path: string) => Promise<string>;
  readonly status: () => Promise<StatusDocument>;
  /** Waits until a category has so many. */
  readonly counted: (key: string, count: number) => Promise<void>;
}

export async function liveService(
  flags: readonly string[] = [],
  traces?: TraceStore,
  attester?: Attester,
  change: Partial<ServiceOptions> = {},
): Promise<LiveService> {
  const result = configure({
    argv: [...anyPorts, '--shutdown-seconds', '0', ...flags],
    environment: {},
    readFile: () => '{}',
  });
  if (result.type !== 'run') throw new Error(JSON.stringify(result));
  const clock = change.clock instanceof TestClock ? change.clock : new TestClock();
  // What a thread holds is not what the bait of this test holds: a thread can be handed nothing else.
  const { key, wallet } = makeWallet(result.configuration, entropy);
  const lines: string[] = [];
  const service = await openService({
    configuration: result.configuration,
    bait: new Bait(() => utf8ToBytes('the secret of this test')),
    wallet: sampleWallet,
    program: { version: '0.0.0', build: sampleAttestation.build, source: 'https://example.org/' },
    attestation: sampleAttestation,
    manifest: { node: process.version, crypto: 'noble', packages: [] },
    inherited: [],
    clock,
    entropy,
    log: createLog((line) => lines.push(line)),
    rotationMilliseconds: 20,
    attester,
    threadProgram: { file: program, bait: { secret: secretToShare(key), wallet } },
    ...(traces === undefined ? {} : { traces }),
    ...change,
  });
  onTestFinished(() => service.stop());
  const get = async (path: string): Promise<string> =>
    (await fetch(`http://127.0.0.1:${service.ports.http}${path}`, { headers: { connection: 'close' } })).text();
  const status = async (): Promise<StatusDocument> => {
    // The page is made once a second of its own clock.
    clock.pass(1);
    return JSON.parse(await get('/status.json'));
  };
  return {
    service,
    clock,
    log: () => lines.join(''),
    get,
    status,
    counted: async (key, count) => {
      await eventually(
        async () => (await status()).connections.byCategory[key] ?? 0,
        (found) => found === count,
      );
    },
  };
}
