import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { Bait } from '../../service/bounty/bait.ts';
import { configure } from '../../service/host/configuration.ts';
import { entropy } from '../../service/host/entropy.ts';
import { openService, type Service } from '../../service/host/service.ts';
import type { TraceStore } from '../../service/host/trace-store.ts';
import { loadAttack, loadLibrary } from '../../service/tools/attack-library.ts';
import { runAttack, type Target } from '../../service/tools/attack-run.ts';
import { type Generations, readGeneration } from '../../service/tools/replay-session.ts';
import { type AttemptLine, type GenerationLine, type TraceLine, traceFormat } from '../../service/trace/index.ts';
import { TestClock } from '../host/live-service.ts';
import { anyPorts } from '../host/program.ts';
import { memoryStore } from '../host/trace-store.ts';
import { sampleAttestation, sampleWallet } from '../site/sample-view.ts';
import { freePort } from '../support/free-port.ts';

/* A service in this process, attacked, and every line that its store was given. */

export interface Corpus {
  readonly generation: GenerationLine;
  readonly attempts: readonly AttemptLine[];
  readonly lines: readonly TraceLine[];
}

/** As a replay asks for them. */
export function generationsOf({ generation }: Corpus): Generations {
  const read = readGeneration(generation);
  if (read === undefined) throw new Error('the generation cannot be read');
  return new Map([[generation.generation, read]]);
}

export interface Stand {
  readonly service: Service;
  readonly target: (port: Target['port']) => Target;
}

/** Records what `act` does to a service. It is stopped before the lines are read: then all have ended. */
export async function record(act: (stand: Stand) => Promise<void>, flags: readonly string[] = []): Promise<Corpus> {
  const folder = mkdtempSync(join(tmpdir(), 'replay-'));
  const credentials = join(folder, 'test');
  const calledPort = await freePort();
  const result = configure({
    argv: [
      ...anyPorts,
      '--test-credentials',
      credentials,
      '--dialback-target-port',
      `${calledPort}`,
      '--dialbacks-per-minute',
      '1000',
      '--shutdown-seconds',
      '0',
      ...flags,
    ],
    environment: {},
    readFile: () => '{}',
  });
  if (result.type !== 'run') throw new Error(JSON.stringify(result));
  const { store, corpus } = listening(memoryStore());
  const service = await openService({
    configuration: result.configuration,
    bait: new Bait(() => utf8ToBytes('the secret of this test')),
    wallet: sampleWallet,
    program: { version: '0.0.0', build: `source-${'5'.repeat(64)}`, source: 'https://example.org/' },
    attestation: sampleAttestation,
    manifest: { node: process.version, crypto: 'noble', packages: [] },
    inherited: [],
    clock: new TestClock(),
    entropy,
    log: () => undefined,
    traces: store,
  });
  try {
    const { ports } = service;
    await act({
      service,
      target: (port) => ({
        host: '127.0.0.1',
        port,
        ports,
        calledPort,
        site: new URL(`http://127.0.0.1:${ports.http}/`),
        credentials,
        counted: false,
      }),
    });
  } finally {
    await service.stop();
    rmSync(folder, { recursive: true });
  }
  return corpus();
}

/** `store`, and all it is given. */
function listening(store: TraceStore): { readonly store: TraceStore; readonly corpus: () => Corpus } {
  const attempts: AttemptLine[] = [];
  let generation: GenerationLine | undefined;
  const append = store.append.bind(store);
  store.append = (attempt) => {
    append(attempt);
    if ('body' in attempt) throw new TypeError('in threads steps are text already');
    const { head, steps, omitted } = attempt;
    const number = attempts.length + 1;
    attempts.push({
      format: traceFormat,
      type: 'attempt',
      head: { number, ...head, bodySha256: '00'.repeat(32) },
      body: { format: traceFormat, number, steps, omitted },
    });
  };
  const generationOf = store.generation.bind(store);
  store.generation = (line) => {
    generation ??= line;
    generationOf(line);
  };
  return {
    store,
    corpus: () => {
      if (generation === undefined) throw new Error('no generation was made');
      return { generation, attempts, lines: [generation, ...attempts] };
    },
  };
}

/** The scripts of these names, one after the other. */
export async function playSome({ target }: Stand, ...names: readonly string[]): Promise<void> {
  for (const { attack } of await Promise.all(names.map(loadAttack)))
    for (const variant of attack.variants) await runAttack(variant, target(attack.port), () => undefined);
}

/** Every script of the attack library, `together` at a time; the dial-back has one port, and is for one at a time. */
export async function playLibrary({ target }: Stand, together = 8): Promise<void> {
  const plays = (await loadLibrary()).flatMap(({ attack }) => attack.variants.map((variant) => ({ attack, variant })));
  const calls = plays.filter(({ attack }) => attack.port === 'dialback');
  const others = plays.filter(({ attack }) => attack.port !== 'dialback');
  for (let at = 0; at < others.length; at += together) {
    await Promise.all(
      others
        .slice(at, at + together)
        .map(({ attack, variant }) => runAttack(variant, target(attack.port), () => undefined)),
    );
  }
  for (const { attack, variant } of calls) await runAttack(variant, target(attack.port), () => undefined);
}
