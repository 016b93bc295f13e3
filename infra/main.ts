import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { nearest } from '../service/nearest.ts';
import { type Command, commands, type Program } from './commands.ts';
import { isPackage } from './packaged.ts';

/** Exit status of a command line that was not understood, as that of the shell's own builtins. */
const misused = 2;

const home = fileURLToPath(new URL('..', import.meta.url));

export interface Terminal {
  out(text: string): void;
  err(text: string): void;
}

const terminal: Terminal = {
  out: (text) => process.stdout.write(`${text}\n`),
  err: (text) => process.stderr.write(`${text}\n`),
};

/** Finds the verb and runs it: the exit status of the process, or the program that it is to become. */
export async function main(
  argv: readonly string[],
  { out, err }: Terminal = terminal,
  table: ReadonlyMap<string, Command> = commands,
): Promise<number | Program> {
  const [verb, ...rest] = argv;
  switch (verb) {
    case undefined:
      err(overview(table));
      return misused;
    case '--version':
    case '-V':
      out(`btc-pinata ${version()} (Node ${process.versions.node})`);
      return 0;
    case 'help':
    case '--help':
    case '-h': {
      const [topic] = rest;
      // Options and help itself have no text but this one.
      if (topic === undefined || topic === 'help' || topic.startsWith('-')) {
        out(overview(table));
        return 0;
      }
      return main([topic, '--help'], { out, err }, table);
    }
    default: {
      const command = table.get(verb);
      if (command === undefined) {
        err(unknown(verb, table));
        return misused;
      }
      if (command.usage !== undefined && asksForHelp(rest)) {
        out(command.usage);
        return 0;
      }
      return command.run(rest);
    }
  }
}

const checkoutText = `\`npx btc-pinata\` is this program in this folder alone, ${home}:
the name is nobody's on npm, and elsewhere npx would fetch and run whatever somebody publishes under it.`;

const packageText = `This is the package that npm installed in ${home},
and \`run\` runs the program of its release. \`btc-pinata rebuild --from URL\` builds that again from its source, and compares.`;

function overview(table: ReadonlyMap<string, Command>): string {
  const width = Math.max('help [verb]'.length, ...[...table.keys()].map((verb) => verb.length)) + 3;
  const lines = [...table].map(([verb, { summary }]) => `  ${verb.padEnd(width)}${summary}`);
  return `btc-pinata: a piñata that holds a bitcoin key and gives it to whoever breaks its TLS.

Usage: btc-pinata <verb> [options]

${lines.join('\n')}
  ${'help [verb]'.padEnd(width)}this text, or that of a verb
  ${'--version'.padEnd(width)}version of this program and of the Node it runs on

${isPackage() ? packageText : checkoutText}`;
}

function unknown(verb: string, table: ReadonlyMap<string, Command>): string {
  const meant = nearest(verb, [...table.keys(), 'help', '--version']);
  const what = verb.startsWith('-') ? 'option' : 'verb';
  return `btc-pinata: unknown ${what} ${JSON.stringify(verb)}.${meant === undefined ? '' : ` Did you mean \`btc-pinata ${meant}\`?`}
\`btc-pinata help\` lists them all.`;
}

/** What stands behind `--` belongs to the verb. */
function asksForHelp(rest: readonly string[]): boolean {
  const end = rest.indexOf('--');
  return rest.slice(0, end === -1 ? rest.length : end).some((word) => word === '--help' || word === '-h');
}

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) return String(manifest.version);
  throw new Error('package.json names no version');
}
