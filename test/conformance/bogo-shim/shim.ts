import { ExchangeFailed } from './end.ts';
import { exchange } from './exchange.ts';
import { type Flags, parseFlags, Unimplemented } from './flags.ts';

/*
 * The program that BoringSSL's test runner (ssl/test/runner, "BoGo") drives: it wraps our engine as the runner wants it.
 * Exit status 0: all went as the flags want it; 1: it did not, and why is on stderr; 89: this is not implemented.
 */

async function main(argv: readonly string[]): Promise<void> {
  const flags = parseFlags(argv);
  if (flags['-is-handshaker-supported']) {
    process.stdout.write('No\n');
    return;
  }
  for (let connection = 0; connection < connectionsOf(flags); connection++) await exchange(flags);
}

/** Sessions are never resumed: -resume-count is for us where each connection is to be one of its own. */
function connectionsOf(flags: Flags): number {
  const count = flags['-resume-count'] ?? 0;
  if (count > 0 && !flags['-expect-session-miss']) throw new Unimplemented('there is no resumption');
  return 1 + count;
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof Unimplemented) {
    process.stderr.write(`not implemented: ${error.message}\n`);
    process.exitCode = 89;
  } else if (error instanceof ExchangeFailed) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  } else {
    process.stderr.write(`:SHIM_DEFECT: ${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 1;
  }
}
