import { existsSync, writeFileSync } from 'node:fs';
import { explorerOf, type Prepared } from './prepare.ts';
import { Refusal } from './refusal.ts';
import type { SweepOptions } from './sweep-options.ts';
import { rivalLines, sweepJson, sweepTable } from './sweep-report.ts';

export interface Words {
  readonly title: string;
  /** What can go wrong, a line each. */
  readonly warnings: readonly string[];
  /** Why it is not sent though it was asked for. */
  readonly withheld?: string;
  /** For --json. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Shows a transaction, writes it to a file and sends it, as far as it was told to. */
export async function deliver(prepared: Prepared, options: SweepOptions, words: Words): Promise<void> {
  const print = (lines: readonly string[]): void => {
    if (!options.json) process.stdout.write(`${lines.join('\n')}\n`);
  };
  const raw = prepared.transaction.toHex();
  const hidden = options.out !== undefined || options.broadcast;
  print([words.title, '', ...sweepTable(prepared), '']);
  for (const lines of [rivalLines(prepared), words.warnings]) if (lines.length > 0) print([...lines, '']);
  if (options.out !== undefined) print([`Written to ${write(options.out, raw)}.`]);
  const sent = options.broadcast && words.withheld === undefined ? await send(prepared, options, raw) : undefined;
  if (words.withheld !== undefined) print([words.withheld]);
  else if (sent === undefined)
    print(['Not sent: say --broadcast for that, or hand the raw transaction to a node or a miner.']);
  else print([`Sent. It is final after six blocks: ${sent}/tx/${prepared.transaction.getId()}/status`]);
  if (!hidden || (options.out === undefined && words.withheld !== undefined)) print(['', raw]);
  if (options.json)
    process.stdout.write(`${JSON.stringify({ ...words.facts, ...sweepJson(prepared), sent: sent !== undefined })}\n`);
}

/** The URL of the server that took it. */
async function send({ lock, transaction }: Prepared, options: SweepOptions, raw: string): Promise<string> {
  const explorer = explorerOf(lock.network, options);
  const txid = await explorer.broadcast(raw);
  if (txid !== transaction.getId()) throw new Refusal(`${explorer.url} took the transaction and calls it ${txid}`);
  return explorer.url;
}

/** Before a key is asked for, or a server: in the end nothing would come of it. */
export function expectNewFile({ out }: Pick<SweepOptions, 'out'>): void {
  if (out !== undefined && existsSync(out)) throw new Refusal(occupied(out));
}

const occupied = (path: string): string =>
  `${path} is there already, and is not overwritten: name another file as --out`;

/** Never over another file: it could be the only copy of an earlier transaction. */
function write(path: string, raw: string): string {
  try {
    writeFileSync(path, `${raw}\n`, { flag: 'wx' });
    return path;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unwritable';
    throw new Refusal(code === 'EEXIST' ? occupied(path) : `${path} cannot be written (${code})`);
  }
}
