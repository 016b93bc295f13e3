import { equalBytes } from '@noble/curves/utils.js';
import { type PublicDescriptor, readPublicDescriptor, type StatementFields } from '../bitcoin/index.ts';
import { encodeInternetDate } from '../bitcoin/internet-date.ts';
import { type Check, Checklist } from './check.ts';
import { readMachineConfiguration } from './machine-configuration.ts';
import type { Verification } from './verification.ts';
import type { JudgedHardware } from './verify-hardware.ts';

/* What two statements of one run say of each other: that one machine made both, and that it was not started in between. */

const table = {
  'same-process': {
    proves: 'both statements are of one process, which was not started anew between them',
    unproven: 'that it is the one of yesterday: `started-at` tells, and is its own word',
  },
  'same-identity': {
    proves: 'wallet, authorities, build and ports are the same in both statements',
    unproven: 'that they will be the same tomorrow: certificates are made anew now and then',
  },
  'same-boot': {
    proves: 'one chip made both quotes, and the machine was not reset between them',
    unproven: 'anything where the chip itself is not proven',
  },
  'measured-wallet': {
    proves: 'the wallet pays back to the key, and from the height, that the measured configuration names',
    unproven: 'whose key that is',
  },
  'client-port': {
    proves: 'the TLS client of the reverse port and the TLS server of the server port took each other for their own',
    unproven:
      'it by more than the word of the page, which lists the pair: a client shows its certificate to nobody else',
  },
} as const;

export type RunCheckName = keyof typeof table;

/** `fields` are undefined where a statement is none. Total. */
export function verifyRun(
  fields: readonly [StatementFields | undefined, StatementFields | undefined],
  hardware: readonly [JudgedHardware | undefined, JudgedHardware | undefined],
  joined: Verification['joined'],
): readonly Check<RunCheckName>[] {
  const list = new Checklist(table);
  const [first, second] = fields;
  if (first !== undefined && second !== undefined) {
    judgeProcess(list, first, second);
    const differing = identityOf(first).filter(([, value], index) => identityOf(second)[index]?.[1] !== value);
    const names = differing.map(([name]) => name).join(', ');
    list.enter('same-identity', names === '', names === '' ? 'nothing differs but root and time' : `${names} differ`);
  }
  judgeBoot(list, ...hardware);
  judgeWallet(list, second, hardware[1]?.configuration);
  if (joined.outcome === 'confirmed') list.enter('client-port', true, joined.words);
  else list.unchecked('client-port', joined.words);
  return list.list();
}

type List = Checklist<RunCheckName>;

function judgeProcess(list: List, first: StatementFields, second: StatementFields): void {
  const { startedAt } = second;
  const since = `since ${encodeInternetDate(startedAt)}`;
  if (first.startedAt === startedAt) list.enter('same-process', true, `${since}, both times`);
  else
    list.enter(
      'same-process',
      false,
      `first it said since ${encodeInternetDate(first.startedAt)}, then ${since}: an old boot`,
    );
}

function identityOf(fields: StatementFields): readonly (readonly [string, string])[] {
  const { network, address, wallet, keyOrigin, recovery, test, service, caSha256, siteCaSha256 } = fields;
  return [
    ['network', network],
    ['address', address],
    ['wallet', `${wallet.kind} ${wallet.descriptor}`],
    ['key-origin', keyOrigin],
    ['recovery', recovery],
    ['test', String(test)],
    ['service', JSON.stringify(service)],
    ['ca-sha256', caSha256],
    ['site-ca-sha256', siteCaSha256],
    ['build-sha256', fields.buildSha256],
    ['sandbox', fields.sandbox],
  ];
}

function judgeBoot(list: List, first: JudgedHardware | undefined, second: JudgedHardware | undefined): void {
  const [before, after] = [first?.clockInfo, second?.clockInfo];
  const [oneKey, otherKey] = [first?.akPublic, second?.akPublic];
  if (oneKey === undefined || otherKey === undefined)
    return list.unchecked('same-boot', 'no two quotes of a TPM to compare');
  if (!equalBytes(oneKey, otherKey))
    return void list.enter('same-boot', false, 'two keys quoted: two chips, or an old boot');
  if (before === undefined || after === undefined)
    return void list.enter('same-boot', false, 'a quote has no count of boots that is signed');
  const same = before.resetCount === after.resetCount && before.restartCount === after.restartCount;
  const words = (of: typeof before): string => `boot ${of.resetCount}, resumed ${of.restartCount} times`;
  list.enter('same-boot', same, same ? words(after) : `first ${words(before)}, then ${words(after)}: an old boot`);
}

/** The image does as it is configured; a machine that shows another configuration than it has would be seen here. */
function judgeWallet(list: List, fields: StatementFields | undefined, configuration: string | undefined): void {
  if (configuration === undefined) return list.unchecked('measured-wallet', 'no configuration was measured');
  const configured = readMachineConfiguration(configuration);
  if ('fault' in configured) return void list.enter('measured-wallet', false, configured.fault);
  const { network, refundKey, lockHeight } = configured;
  const descriptor = fields === undefined ? undefined : readPublicDescriptor(fields.wallet.descriptor);
  const same = network === fields?.network && paysBack(descriptor, refundKey, lockHeight);
  const words = `${network}, to ${refundKey} from block ${lockHeight}`;
  list.enter('measured-wallet', same, same ? words : `configured is ${words}, and the statement says another wallet`);
}

const paysBack = (descriptor: PublicDescriptor | undefined, key: string, height: number): boolean =>
  descriptor?.kind === 'vault' &&
  descriptor.refund.height === height &&
  // Compressed or x-only, as the operator wrote it.
  descriptor.refund.publicKey === key.slice(-64);
