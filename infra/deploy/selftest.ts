import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeEvidence } from '../../service/attest/evidence.ts';
import { encodeVerification, type Verification } from '../../service/attest/verification.ts';
import { pinnedRoots, verify } from '../../service/attest/verify.ts';
import { Refusal } from '../claim/refusal.ts';
import type { Deployment } from './deployment.ts';
import { another, generation } from './generations.ts';
import type { HostPower } from './host-power.ts';
import { releaseIn } from './release-files.ts';
import { observed } from './verify-host.ts';
import type { Tell } from './world.ts';

/*
 * `doctor --ec2-selftest`: what only a real machine of EC2 can show, kept as it came. A measured host that is live gives the
 * document of its NitroTPM and the event log of its boot, and is restarted once: its key is there again, or it is not.
 */

export interface Selftest {
  /** Of the deployment. */
  readonly folder: string;
  /** Of its release. */
  readonly release: string;
  readonly power: HostPower;
  readonly signal: AbortSignal;
  readonly tell: Tell;
  readonly look?: typeof observed;
  /** Seconds since 1970. */
  readonly now: () => number;
}

export const selftestFolder = 'ec2-selftest';

/** What was found, in words. Throws a Refusal before anything is touched where it would prove nothing, or could cost coins. */
export async function selftest(deployment: Deployment, test: Selftest): Promise<string> {
  const { name, provider, chosen, state, wallet } = deployment;
  if (provider !== 'ec2') throw new Refusal(`${name} is at ${provider}: the selftest is of a measured host on EC2`);
  if (state !== 'live' || wallet === null)
    throw new Refusal(`${name} is not live yet: end \`btc-pinata deploy\` first`);
  if (chosen.network === 'mainnet')
    throw new Refusal(`${name} is on mainnet, and is restarted by the selftest: deploy one for it, --network regtest`);
  const { folder, power, signal, tell, look = observed, now } = test;
  const releaseText = releaseIn(test.release).text;
  const to = join(folder, selftestFolder);
  mkdirSync(to, { recursive: true });
  const keep = (file: string, content: string | Uint8Array): void => writeFileSync(join(to, file), content);

  const before = await generation(deployment, signal);
  const first = await look(deployment, releaseText, tell);
  keep('verification.json', encodeVerification(first));
  const evidence = evidenceOf(first, to);
  keep('nitrotpm-document.cose', evidence.nitroTpm);
  if (evidence.eventLog !== undefined) keep('event-log.bin', evidence.eventLog);
  keep('console.txt', await power.console(deployment));

  tell('the host restarts');
  await power.reboot(deployment);
  const after = await another(deployment, before, signal);
  const second = await look(deployment, releaseText, tell);
  keep('verification-after-restart.json', encodeVerification(second));
  const judged = [first, second].map((one) => judgedOf(one, releaseText));
  const found = {
    at: now(),
    region: deployment.region,
    zone: deployment.host.zone,
    type: chosen.serverType,
    image: deployment.host.imageId,
    release: deployment.release.sha256,
    levels: judged.map(({ level }) => level),
    failed: judged.flatMap(({ failed }) => failed),
    eventLog: evidence.eventLog !== undefined,
    keyAfterRestart: after.address === before.address ? 'the same' : 'another',
  };
  keep('found.json', `${JSON.stringify(found, undefined, 2)}\n`);
  return [
    `It reached ${found.levels.join(', and after a restart ')}${found.failed.length === 0 ? '' : `; failed: ${found.failed.join('; ')}`}.`,
    `Its key after the restart is ${found.keyAfterRestart}. Its firmware ${found.eventLog ? 'shows' : 'does not show'} an event log.`,
    `What it gave is in ${to}: commit it as the golden document, and say in docs/attestation.md what was confirmed, and when.`,
  ].join('\n');
}

function evidenceOf({ observations: [{ evidence }] }: Verification, to: string) {
  const read = evidence === undefined ? undefined : decodeEvidence(evidence.text);
  if (read?.ok === true && read.value.nitroTpm !== undefined) {
    return { nitroTpm: read.value.nitroTpm, eventLog: read.value.tpm?.eventLog };
  }
  const why = read === undefined ? 'it gave no evidence' : read.ok ? 'there is none in its evidence' : read.fault;
  throw new Refusal(`the host gave no document of NitroTPM (${why}): what it gave is in ${to}; nothing was restarted`);
}

function judgedOf(verification: Verification, release: string) {
  const { level, sections } = verify(verification, { key: undefined, release, pinned: pinnedRoots });
  const failed = sections.flatMap(({ checks }) => checks.filter(({ outcome }) => outcome === 'fail'));
  return { level, failed: failed.map(({ name, found }) => `${name}: ${found}`) };
}
