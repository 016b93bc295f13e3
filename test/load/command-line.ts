import { parseArgs } from 'node:util';
import { type Scenario, scenarios, soak } from './scenarios.ts';

/* What `npm run load` is asked for, in words. */

export type Asked =
  | { readonly type: 'help'; readonly text: string }
  /** One sentence for whoever asked. */
  | { readonly type: 'refused'; readonly sentence: string }
  | { readonly type: 'crash'; readonly rounds: number }
  | { readonly type: 'run'; readonly scenarios: readonly Scenario[]; readonly publish: boolean };

const options = {
  quick: { type: 'boolean', default: false },
  publish: { type: 'boolean', default: false },
  soak: { type: 'string' },
  crash: { type: 'string' },
  help: { type: 'boolean', default: false, short: 'h' },
} as const;

/** Seconds of an attack with `--quick`. */
const quick = 5;
/** What a scenario takes beside its attack: a start, a calm before and after, and until all is as it was. */
export const besideSeconds = 25;

const names = scenarios.map(({ name }) => name);

const help = (): string => `npm run load -- [SCENARIO ...] [OPTION ...]
What stands under attack, and what it costs: docs/load.md. All scenarios, unless some are named:

${scenarios.map(({ name, title, seconds }) => `  ${name.padEnd(18)} ${seconds} s of ${title}`).join('\n')}

  --quick            five seconds of each
  --soak MINUTES     everything at once, for so long
  --crash ROUNDS     kill -9 at random, so many times on one folder
  --publish          writes docs/load.md anew
  --help             this`;

/** `--npm run load -- ARGV`. */
export function asked(argv: readonly string[]): Asked {
  const parsed = parse(argv);
  if (typeof parsed === 'string') return refused(parsed);
  const { values, positionals } = parsed;
  if (values.help) return { type: 'help', text: help() };
  const unknown = positionals.find((name) => !names.includes(name));
  if (unknown !== undefined) return refused(`${unknown}: there is no such scenario, only ${names.join(', ')}`);
  if (values.crash !== undefined) {
    const rounds = Number(values.crash);
    if (!(Number.isInteger(rounds) && rounds > 0))
      return refused(`--crash ${values.crash}: a number of rounds, such as 1000`);
    return { type: 'crash', rounds };
  }
  const { publish } = values;
  if (values.soak === undefined) return { type: 'run', scenarios: chosen(positionals, values.quick), publish };
  const minutes = Number(values.soak);
  if (!(minutes > 0)) return refused(`--soak ${values.soak}: a number of minutes, such as 30`);
  return { type: 'run', scenarios: [soak(minutes)], publish };
}

const refused = (sentence: string): Asked => ({ type: 'refused', sentence });

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], allowPositionals: true, options });
  } catch (error) {
    const [sentence = ''] = (error instanceof Error ? error.message : String(error)).split('. ');
    return `${sentence}; --help says what there is`;
  }
}

function chosen(named: readonly string[], shortly: boolean): readonly Scenario[] {
  const all = scenarios.filter(({ name }) => named.length === 0 || named.includes(name));
  return shortly ? all.map((scenario) => ({ ...scenario, seconds: Math.min(quick, scenario.seconds) })) : all;
}
