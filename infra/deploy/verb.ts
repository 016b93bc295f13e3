import type { Writable } from 'node:stream';
import { Misuse } from '../../service/tools/command-words.ts';
import { sentenceOf } from './failures.ts';

/* What all verbs of a deployment have in common: how they end. */

export interface Terminal {
  readonly stdout: Pick<Writable, 'write'> & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Pick<Writable, 'write'>;
  /** An answer to a question; undefined where nobody can be asked. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
}

export const exits = { done: 0, failed: 1, misused: 2 } as const;

/** The exit status. `run` is given a signal that the first Ctrl-C aborts; a second one ends the process. */
export async function verb(
  name: string,
  terminal: Terminal,
  run: (signal: AbortSignal) => Promise<number>,
): Promise<number> {
  const { stderr } = terminal;
  const controller = new AbortController();
  const interrupt = (): void => {
    stderr.write('\nInterrupted: what is being done ends first; once more to leave it at once.\n');
    controller.abort();
  };
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  try {
    return await run(controller.signal);
  } catch (error) {
    if (error instanceof Misuse) {
      stderr.write(`btc-pinata ${name}: ${ended(error.message)}\n\`btc-pinata ${name} --help\` says more.\n`);
      return exits.misused;
    }
    const sentence = sentenceOf(error);
    if (sentence !== undefined) {
      stderr.write(`btc-pinata ${name}: ${ended(sentence)}\n`);
      return exits.failed;
    }
    const { name: kind, message, stack = '' } = error instanceof Error ? error : new Error(String(error));
    stderr.write(`btc-pinata ${name}: ${kind}: ${message}. This is not foreseen:${stack.replace(/^[^\n]*/, '')}\n`);
    return exits.failed;
  } finally {
    process.removeListener('SIGINT', interrupt);
    process.removeListener('SIGTERM', interrupt);
  }
}

/** As a sentence ends. */
const ended = (words: string): string => (/[.?!]$/.test(words) ? words : `${words}.`);
