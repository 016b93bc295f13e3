import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { StatementFields } from '../bitcoin/index.ts';
import { type Check, Checklist } from './check.ts';
import { readSandboxManifest, sandboxWords } from './sandbox-manifest.ts';

/* What the process says that it is confined to, held against the hash that the key signed. */

const table = {
  sandbox: {
    proves: 'this is the manifest, whole, that the machine says it is confined to',
    unproven: 'that it is confined: a machine that lies has no sandbox',
  },
} as const;

export type SandboxCheckName = keyof typeof table;

/** `shown`: the text that the page publishes, or undefined. Total. */
export function verifySandbox(
  fields: StatementFields | undefined,
  shown: string | undefined,
): readonly Check<SandboxCheckName>[] {
  const list = new Checklist(table);
  judge(list, fields?.sandbox, shown);
  return list.list();
}

function judge(list: Checklist<SandboxCheckName>, said: string | undefined, shown: string | undefined): void {
  if (said === undefined) return list.unchecked('sandbox', 'no statement says');
  if (said === 'none') return list.unchecked('sandbox', 'none');
  if (shown === undefined) return list.unchecked('sandbox', `${said}, and its manifest is not shown`);
  const hash = bytesToHex(sha256(utf8ToBytes(shown)));
  if (hash !== said) return void list.enter('sandbox', false, `the manifest shown is ${hash}, signed is ${said}`);
  const read = readSandboxManifest(shown);
  if ('fault' in read) return list.unchecked('sandbox', `${said}, of a manifest that is not known here: ${read.fault}`);
  list.enter('sandbox', true, `${said}: ${sandboxWords(read)}`);
}
