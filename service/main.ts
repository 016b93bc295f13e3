import { bundleIdentity, sourceIdentity } from './attest/build-identity.ts';
import { releasePayload, type StatementText, signStatement } from './bitcoin/index.ts';
import { Bait } from './bounty/bait.ts';
import { announcementLine, banner } from './host/announcement.ts';
import { systemClock } from './host/clock.ts';
import { entropy } from './host/entropy.ts';
import { inheritedSockets } from './host/listeners.ts';
import { manifest, version } from './host/manifest.ts';
import { openWallet } from './host/open-wallet.ts';
import { begin, exit, log, print, refuse, toldToStop } from './host/process.ts';
import { programFiles } from './host/program-files.ts';
import { openService } from './host/service.ts';
import type { Configuration } from './host/settings.ts';
import { Unstartable, UnusableSetting } from './host/unstartable.ts';

/* Wiring only: environment -> configuration -> wallet -> listeners. */

const program = import.meta.filename;

// Not awaited here: in one file of CommonJS, which a release is, nothing can be at the top.
void start();

async function start(): Promise<void> {
  try {
    const configuration = begin();
    if (configuration !== undefined) await run(configuration);
  } catch (error) {
    // Only what was written for people is said; the message of anything else might quote what it must not.
    if (error instanceof UnusableSetting) refuse([error.message]);
    else if (error instanceof Unstartable) refuse([error.message], 1);
    else throw error;
  }
}

async function run(configuration: Configuration): Promise<void> {
  const stop = toldToStop();
  const { wallet, bait, sign } = hang(configuration);
  const files = programFiles(program);
  const build = files.type === 'bundle' ? bundleIdentity(files.bytes) : sourceIdentity(files.files);

  const service = await openService({
    configuration,
    bait,
    wallet,
    program: { version, build: files.type === 'bundle' ? build : undefined, source: configuration.source },
    attestation: { build, sign },
    manifest: manifest(program),
    inherited: inheritedSockets(process.env, process.pid),
    clock: systemClock,
    entropy,
    log,
  });

  const announcement = {
    service,
    wallet,
    build,
    version,
    testCredentials: configuration.testCredentials,
  };
  print(configuration.json ? announcementLine(announcement) : banner(announcement));

  log('stopping', { signal: await stop });
  await service.stop();
  exit(0);
}

/** The process keeps the key: the bait is made from it whenever it is released, and statements are signed with it. */
function hang(configuration: Configuration) {
  const { key, wallet, ephemeral } = openWallet(configuration, entropy);
  return {
    key,
    wallet: { ...wallet, ephemeral },
    bait: new Bait(releasePayload(key, wallet)),
    sign: (statement: StatementText, hedge: Uint8Array) => signStatement(key, statement, hedge),
  };
}
