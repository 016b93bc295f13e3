import { join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { bytesToHex } from '@noble/hashes/utils.js';
import {
  encodeRetirement,
  type RetirementNotice,
  type SignedRetirement,
  signRetirement,
} from '../../service/attest/retirement-notice.ts';
import { Misuse, parseWords } from '../../service/tools/command-words.ts';
import { readKey } from '../claim/refund-command.ts';
import { Refusal } from '../claim/refusal.ts';
import { clientsOf } from './clients.ts';
import { agreed } from './deploy-command.ts';
import type { Deployment } from './deployment.ts';
import { identityOf } from './doctor-aws.ts';
import { locked } from './lock.ts';
import { existing, folderOf, ofDeployment, sameAccount, unchanged } from './names.ts';
import { refundKeyName, statusRegion } from './plan.ts';
import { writeDeployment } from './state-file.ts';
import { processTerminal } from './terminal.ts';
import { exits, type Terminal, verb } from './verb.ts';

/** Where the poller looks for it. */
export const noticeKey = 'state/retire.json';

export interface RetireSurroundings {
  readonly terminal: Terminal;
  /** Seconds since 1970. */
  readonly now: () => number;
  readonly account: (signal: AbortSignal) => Promise<string>;
  readonly publish: (bucket: string, text: string, signal: AbortSignal) => Promise<void>;
}

const here = (): RetireSurroundings => ({
  terminal: processTerminal(),
  now: () => Math.floor(Date.now() / 1000),
  account: async (signal) => (await identityOf(clientsOf(statusRegion), signal)).account,
  publish: async (bucket, text, signal) => {
    const command = new PutObjectCommand({
      Bucket: bucket,
      Key: noticeKey,
      Body: text,
      ContentType: 'application/json',
    });
    await clientsOf(statusRegion).s3.send(command, { abortSignal: signal });
  },
});

/** `btc-pinata retire`. */
export const retireCommand = (argv: readonly string[], around: RetireSurroundings = here()): Promise<number> =>
  verb('retire', around.terminal, async (signal) => {
    const { terminal, now } = around;
    const say = (text: string): void => void terminal.stdout.write(`${text}\n`);
    const { values } = parseWords({
      args: [...argv],
      options: { ...ofDeployment, on: { type: 'string' }, url: { type: 'string' }, key: { type: 'string' } },
    });
    const folder = folderOf(values);
    const deployment = existing(folder, values.name);
    const { status, wallet } = deployment;
    if (wallet === null || status === null) {
      throw new Refusal(
        `${values.name} has no ${wallet === null ? 'wallet' : 'status page'}, so there is nowhere to announce its end`,
      );
    }
    if (wallet.kind === 'classic') {
      throw new Refusal(
        `${values.name} has a classic wallet, in which no refund key is written: nobody could tell a notice of yours from anybody's, so announce its end where you are known`,
      );
    }
    await sameAccount(deployment, { account: () => around.account(signal) });
    const notice: RetirementNotice = {
      name: values.name,
      address: wallet.address,
      announcedAt: now(),
      effectiveAt: effectOf(values.on, now()),
      reason: reasonOf(values.url),
    };
    const text = encodeRetirement(signedBy(values.key ?? join(folder, refundKeyName), notice, deployment));
    say(`The page will say, signed with your refund key:\n\n${noticeText(text)}`);
    if (!values.yes) await agreed(terminal, 'Announce it? [y/N] ');
    return locked(folder, async () => {
      unchanged(folder, deployment);
      await around.publish(status.bucket, text, signal);
      writeDeployment(folder, { ...deployment, state: 'retired' });
      say(
        `Announced: ${status.url} shows it at its next poll. Nothing else has changed: the host runs on, and \`btc-pinata destroy\` ends it.`,
      );
      return exits.done;
    });
  });

function signedBy(path: string, notice: RetirementNotice, { chosen }: Deployment): SignedRetirement {
  const key = readKey(path);
  try {
    const own = bytesToHex(key.xOnly);
    if (own !== chosen.refundKey) {
      throw new Refusal(
        `${path} has the key ${own}, and the refund key of this deployment is ${chosen.refundKey ?? 'none'}: nobody would believe the notice`,
      );
    }
    return signRetirement(notice, (digest) => key.schnorr(digest));
  } finally {
    key.destroy();
  }
}

/** As the poller will read it: what it would not believe is not published. */
function noticeText(text: string): string {
  const { notice }: { readonly notice: string } = JSON.parse(text);
  return notice.replace(/^/gm, '  ');
}

function effectOf(given: string | undefined, now: number): number {
  const day =
    given !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(given) ? Date.parse(`${given}T00:00:00Z`) / 1000 : Number.NaN;
  if (Number.isNaN(day))
    throw new Misuse(`--on is ${JSON.stringify(given) ?? 'missing'}; a day is wanted, as 2027-03-01`);
  if (day < now) throw new Misuse(`--on is ${given}, which is over: a notice is given before the end`);
  return day;
}

function reasonOf(given: string | undefined): string | undefined {
  if (given === undefined || /^https:\/\/[!-~]{1,300}$/.test(given)) return given;
  throw new Misuse(`--url is ${JSON.stringify(given)}; an https: URL is wanted`);
}
