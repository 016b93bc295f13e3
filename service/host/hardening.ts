import { url } from 'node:inspector';

/*
 * Ways in which Node shows its memory to others. `btc-pinata run` starts us without any of them; whoever starts main.ts
 * otherwise is refused with the flag that has to go (threats.md J12).
 */

const revealing =
  /^--?(?:inspect|heap|report|diagnostic|cpu-prof|prof|abort-on-uncaught|trace-|perf-|allow-natives|expose)/;
/** To Node and V8 `_` is `-`, and to V8 one dash is as good as two. */
const reveals = (flag: string): boolean => revealing.test(flag.replaceAll('_', '-'));

/** What must not be there; empty if all is well. */
export function revealingSurfaces(
  execArgv: readonly string[] = process.execArgv,
  nodeOptions: string = process.env['NODE_OPTIONS'] ?? '',
  inspectorUrl: string | undefined = url(),
): readonly string[] {
  const flags = [...execArgv, ...entriesOf(nodeOptions)].filter(reveals);
  return inspectorUrl !== undefined && flags.length === 0 ? ['an open inspector'] : flags;
}

/** NODE_OPTIONS as Node reads it: spaces separate, `"` encloses what has some, and within it `\` escapes. */
function entriesOf(nodeOptions: string): readonly string[] {
  const pieces = nodeOptions.match(/(?:"(?:\\.|[^"\\])*(?:"|$)|[^\s"])+/gs) ?? [];
  return pieces.map((piece) =>
    piece.replace(/"((?:\\.|[^"\\])*)(?:"|$)/gs, (_, quoted: string) => quoted.replace(/\\(.)/gs, '$1')),
  );
}

/** Node writes no report of this process, whatever asks for one. */
export function closeSurfaces(): void {
  process.report.reportOnFatalError = false;
  process.report.reportOnSignal = false;
  process.report.reportOnUncaughtException = false;
  // Where the launcher did not pass --disable-sigusr1: a listener takes the place of "open the inspector".
  process.on('SIGUSR1', () => undefined);
}
