import { type Exploration, explore } from './explore.ts';
import { defaultDepth, parseExploreOptions } from './explore-options.ts';

const MISUSED = 2;

/** `btc-pinata explore`: the exit status is that of its usage text. */
export async function exploreCommand(argv: readonly string[]): Promise<number> {
  const options = parseExploreOptions(argv);
  if ('misuse' in options) {
    console.error(`btc-pinata explore: ${options.misuse}\n\`btc-pinata explore --help\` says more.`);
    return MISUSED;
  }
  let findings = 0;
  for (const role of options.roles) {
    for (const version of options.versions) {
      const depth = options.depth ?? defaultDepth(role, version);
      const started = performance.now();
      const exploration = explore(role, version, { depth, idle: options.idle });
      const milliseconds = Math.round(performance.now() - started);
      findings += exploration.findings.length;
      process.stdout.write(
        options.json
          ? `${JSON.stringify({ depth, idle: options.idle, milliseconds, ...exploration })}\n`
          : `${picture(exploration, depth, milliseconds).join('\n')}\n\n`,
      );
    }
  }
  if (!options.json) console.log(verdict(findings));
  return findings === 0 ? 0 : 1;
}

function picture(exploration: Exploration, depth: number, milliseconds: number): readonly string[] {
  const { role, version, moves, tried, decided, cut, states, accepted, findings } = exploration;
  const seconds = (milliseconds / 1000).toFixed(1);
  return [
    `the engine as ${role}, handshakes of TLS ${version}: ${moves} moves, up to ${depth} of them, ${seconds} s`,
    `  played      ${tried} sequences, which decide ${decided.toExponential(2)}`,
    ...(cut === 0
      ? []
      : [`  left out    what begins like ${cut} of them, where more records say nothing than --idle allows`]),
    `  ended in    ${table(states)}`,
    ...Object.entries(accepted).map(([sequence, count]) => `  accepted    ${sequence}  (${times(count)})`),
    ...findings.flatMap(({ kind, sequence, detail }) => [
      `  FOUND       ${kind}: ${detail}`,
      `              ${sequence.join(', ')}`,
    ]),
  ];
}

const table = (states: Readonly<Record<string, number>>): string =>
  Object.entries(states)
    .sort(([, a], [, b]) => b - a)
    .map(([state, count]) => `${state} ${count}`)
    .join(', ');

const times = (count: number): string => (count === 1 ? 'once' : `${count} times, with idle records in it or none`);

const verdict = (findings: number): string =>
  findings === 0
    ? 'nothing but the lawful handshakes made a verified peer'
    : `${findings} sequences ended otherwise than the RFCs say`;
