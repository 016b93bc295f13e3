/* The words of `run --sandbox` that are not the service's own. */

export const sandboxUsage = `btc-pinata run --sandbox: the service where it can reach nothing (docs/sandbox.md).

Usage: btc-pinata run --sandbox [--jitless] [--memory MIB] [--program FILE] [--print WHAT] [flags of run]

  --jitless        no compiler inside, and no memory that is written and then run; slower
  --memory MIB     what it may take (2048)
  --program FILE   the service as \`btc-pinata build\` makes it; without it, made from this checkout's sources now
  --print WHAT     prints, and starts nothing: \`manifest\`, what it is confined to, whose SHA-256 stands in what the key
                   signs; or \`systemd\`, the same manifest as units for systemd

It needs bubblewrap (bwrap). Everything else is what \`run\` takes:
`;

export interface SandboxOptions {
  readonly jitless: boolean;
  readonly memoryMebibytes: number;
  readonly program: string | undefined;
  readonly print: 'manifest' | 'systemd' | undefined;
  /** For the service. */
  readonly rest: readonly string[];
}

/** What was not understood, said for people. */
export interface Misunderstood {
  readonly problem: string;
}

const preset = 2048;

export const asksForSandbox = (argv: readonly string[]): boolean => argv.includes('--sandbox');

/** Asked for without it; undefined where nothing is. */
export function wantsSandbox(argv: readonly string[]): Misunderstood | undefined {
  const flag = argv
    .map((word) => word.split('=', 1)[0])
    .find((word) => /^--(jitless|memory|program|print)$/.test(word ?? ''));
  return flag === undefined ? undefined : { problem: `${flag}: of the sandbox, and --sandbox is not there` };
}

export function sandboxOptions(argv: readonly string[]): SandboxOptions | Misunderstood {
  const rest: string[] = [];
  const given = new Map<string, string>();
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index] ?? '';
    const [, name = '', inline] = /^--([a-z]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (name === 'sandbox' || name === 'jitless') {
      if (inline !== undefined) return { problem: `--${name}: it takes no value` };
      given.set(name, '');
    } else if (name === 'memory' || name === 'program' || name === 'print') {
      const value = inline ?? argv[index + 1];
      if (value === undefined) return { problem: `--${name}: it needs a value` };
      if (given.has(name)) return { problem: `--${name}: given twice; allowed: once` };
      if (inline === undefined) index += 1;
      given.set(name, value);
    } else rest.push(word);
  }
  const memoryMebibytes = Number(given.get('memory') ?? preset);
  if (!Number.isInteger(memoryMebibytes) || memoryMebibytes < 320 || memoryMebibytes > 1_048_576) {
    return {
      problem: `--memory: "${given.get('memory') ?? ''}" is not allowed; allowed: a whole number from 320 to 1048576`,
    };
  }
  const print = given.get('print');
  if (print !== undefined && print !== 'manifest' && print !== 'systemd') {
    return { problem: `--print: ${JSON.stringify(print)} is not allowed; allowed: manifest, systemd` };
  }
  return { jitless: given.has('jitless'), memoryMebibytes, program: given.get('program'), print, rest };
}
