import { createInterface } from 'node:readline/promises';
import type { Terminal } from './verb.ts';

/** That of the process: questions only where a person sits at both ends. */
export const processTerminal = (): Terminal => ({
  stdout: process.stdout,
  stderr: process.stderr,
  ask: process.stdin.isTTY && process.stdout.isTTY ? asked : undefined,
});

async function asked(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return await lines.question(question);
  } finally {
    lines.close();
  }
}
