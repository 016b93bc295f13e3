import type { FailureEntry } from './failure-entry.ts';
import { failuresOfCertificates } from './failures-of-certificates.ts';
import { failuresOfConnections } from './failures-of-connections.ts';
import { failuresOfHandshakes } from './failures-of-handshakes.ts';
import { failuresOfRecords } from './failures-of-records.ts';

/*
 * The public vocabulary of the statistics, the traces and the pages, in one table. Every connection is in exactly one of
 * its categories. docs/failures.md is written from it (failure-document.ts).
 */

const table = {
  ...failuresOfRecords,
  ...failuresOfHandshakes,
  ...failuresOfCertificates,
  ...failuresOfConnections,
} as const;

export type FailureKey = keyof typeof table;

export const failureTable: Readonly<Record<FailureKey, FailureEntry>> = table;

const isKey = (key: string): key is FailureKey => Object.hasOwn(table, key);

const keysOf = (entries: object): readonly FailureKey[] => Object.keys(entries).filter(isKey);

/** In the order of the table, which is that of evaluation. */
export const failureKeys: readonly FailureKey[] = keysOf(table);

/** The same keys by the chapter they stand in. */
export const failureChapters: readonly { readonly title: string; readonly keys: readonly FailureKey[] }[] = [
  { title: 'Records', keys: keysOf(failuresOfRecords) },
  { title: 'Handshake messages', keys: keysOf(failuresOfHandshakes) },
  { title: 'Certificates and signatures', keys: keysOf(failuresOfCertificates) },
  { title: 'Connections', keys: keysOf(failuresOfConnections) },
];
