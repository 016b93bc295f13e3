import { sourceIdentity } from './attest/build-identity.ts';
import { releasePayload, type StatementText, signStatement, WalletKey } from './bitcoin/index.ts';
import { secretToShare } from './bitcoin/sharing.ts';
import { Bait } from './bounty/bait.ts';
import { announcementLine, banner } from './host/announcement.ts';
import type { Attester } from './host/attester.ts';
import { brokeredDialler, parentChannel } from './host/brokered-dialler.ts';
import { systemClock } from './host/clock.ts';
import { providerFor } from './host/crypto-provider.ts';
import type { Dialler } from './host/dialler.ts';
import type { DoorTask } from './host/door-messages.ts';
import { doorTask, receiveAtDoors } from './host/door-thread.ts';
import { entropy } from './host/entropy.ts';
import { Instance, resumedStatus, watchInstance } from './host/instance.ts';
import { inheritedSockets } from './host/listeners.ts';
import type { Log } from './host/log.ts';
import { machineProfile, startMachine } from './host/machine.ts';
import { manifest, version } from './host/manifest.ts';
import { openAttester, openDeviceAttester } from './host/open-attester.ts';
import { type KeptWallet, openWallet } from './host/open-wallet.ts';
import { begin, beginMachine, exit, log, print, refuse, restartMachine, toldToStop } from './host/process.ts';
import { programFiles } from './host/program-files.ts';
import { sandboxOf } from './host/sandbox.ts';
import { openService } from './host/service.ts';
import type { Configuration } from './host/settings.ts';
import { socketDialler } from './host/socket-dialler.ts';
import { threadFile } from './host/thread-file.ts';
import { Unstartable, UnusableSetting } from './host/unstartable.ts';
import { chooseProvider } from './tls/index.ts';
import { chooseBaseTable } from './x509/index.ts';

/* Wiring only: environment -> configuration -> wallet -> listeners. */

const program = import.meta.filename;

const task = doorTask();
// Not awaited here: in one file of CommonJS, which a release is, nothing can be at the top.
if (task !== undefined) startAsThread(task);
else void (process.argv[2] === machineProfile ? startAsMachine() : start());

async function start(): Promise<void> {
  try {
    const configuration = begin();
    if (configuration === undefined) return;
    chooseProvider(providerFor(configuration));
    const device = configuration.tpm;
    const attested = device === undefined ? undefined : await openDeviceAttester(device, { entropy, log });
    await run(configuration, openWallet(configuration, entropy), log, attested?.attester);
    await attested?.tpm.close();
    exit(0);
  } catch (error) {
    // Only what was written for people is said; the message of anything else might quote what it must not.
    if (error instanceof UnusableSetting) refuse([error.message]);
    else if (error instanceof Unstartable) refuse([error.message], 1);
    else throw error;
  }
}

/** Beside the thread that has the page, in the same process: the same key in the same buffer, and a bait of its own. */
function startAsThread(task: DoorTask): void {
  chooseProvider(providerFor(task.configuration));
  chooseBaseTable('service');
  const { secret, wallet } = task.bait;
  receiveAtDoors(task, new Bait(releasePayload(WalletKey.fromShared(secret), wallet)));
}

/** The measured image: another way to a configuration and a key, and the same piñata. */
async function startAsMachine(): Promise<void> {
  try {
    const serial = beginMachine();
    const { configuration, wallet, tpm, measured } = await startMachine({ clock: systemClock, entropy, log: serial });
    chooseProvider(providerFor(configuration));
    const attester = tpm === undefined ? undefined : await openAttester(tpm, measured, { entropy, log: serial });
    await run(configuration, wallet, serial, attester);
    await tpm?.close();
  } catch (error) {
    if (!(error instanceof Unstartable)) throw error;
    await restartMachine(error.message);
  }
}

async function run(configuration: Configuration, kept: KeptWallet, log: Log, attester?: Attester): Promise<void> {
  chooseBaseTable('start');
  const stop = toldToStop();
  const instance = new Instance();
  const { key, wallet, bait, sign } = hang(kept);
  watchInstance(instance, (shownBy) => {
    // Nothing is said to anybody: whatever it would be sealed with, another process may have as well.
    key.destroy();
    log('resumed', { shownBy });
    exit(resumedStatus);
  });
  const file = threadFile(configuration, program);
  const files = programFiles(program);
  const build = files.type === 'bundle' ? files.sha256 : sourceIdentity(files.files);

  const service = await openService({
    configuration,
    bait,
    wallet,
    program: { version, build, source: configuration.source },
    attestation: { build, sandbox: sandboxOf(configuration), sign },
    attester,
    manifest: manifest(program, providerFor(configuration)),
    inherited: inheritedSockets(process.env, process.pid),
    threadProgram: file === undefined ? undefined : { file, bait: { secret: secretToShare(key), wallet: kept.wallet } },
    dialler: diallerOf(configuration),
    clock: systemClock,
    entropy,
    log,
  });

  const announcement = {
    service,
    wallet,
    build,
    version,
    threads: configuration.threads,
    testCredentials: configuration.testCredentials,
    sandboxed: configuration.sandboxManifest !== undefined,
  };
  print(configuration.json ? announcementLine(announcement) : banner(announcement));
  chooseBaseTable('service'); // who comes first waits for it, and nobody before

  log('stopping', { signal: await stop });
  await service.stop();
}

/** Undefined where this process dials itself. */
function diallerOf({ dialler }: Configuration): Dialler | undefined {
  if (dialler === undefined) return undefined;
  return dialler === 'parent' ? brokeredDialler(parentChannel()) : socketDialler(dialler);
}

/** The process keeps the key: the bait is made from it whenever it is released, and statements are signed with it. */
function hang({ key, wallet, ephemeral }: KeptWallet) {
  return {
    key,
    wallet: { ...wallet, ephemeral },
    bait: new Bait(releasePayload(key, wallet)),
    sign: (statement: StatementText, hedge: Uint8Array) => signStatement(key, statement, hedge),
  };
}
