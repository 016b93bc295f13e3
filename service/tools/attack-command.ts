import { type Attack, type AttackVariant, portKeyOf } from './attack.ts';
import { CategoryCounter } from './attack-category.ts';
import { answerWords, expectedCategory } from './attack-expectation.ts';
import { attackSource, type LoadedAttack, loadAttack, loadLibrary, NoSuchAttack } from './attack-library.ts';
import { type AttackOptions, parseAttackOptions } from './attack-options.ts';
import { AttackPicture } from './attack-picture.ts';
import { type AttackEvent, type AttackReport, runAttack } from './attack-run.ts';
import { ConnectFailure } from './connect.ts';
import { paint, type Style } from './sequence-diagram.ts';
import { terminalStyle } from './terminal-style.ts';

type Outcome = AttackReport['outcome'];

const status: Readonly<Record<Outcome, number>> = { expected: 0, unexpected: 1, unplayable: 2, bait: 3 };
const [FAILED, MISUSED] = [1, 2];
const COUNT_PATIENCE = 5000;

/** `btc-pinata attack`: the exit status is that of its usage text. */
export async function attackCommand(argv: readonly string[]): Promise<number> {
  const options = parseAttackOptions(argv);
  if ('misuse' in options) {
    console.error(`btc-pinata attack: ${options.misuse}\n\`btc-pinata attack --help\` says more.`);
    return MISUSED;
  }
  const style = terminalStyle(process.stdout, process.env);
  try {
    switch (options.what.kind) {
      case 'list':
        print(list(await loadLibrary(), style));
        return 0;
      case 'show':
        process.stdout.write(attackSource(options.what.which));
        return 0;
      case 'all':
        return await playLibrary(options, style);
      case 'play':
        return await playOne(options, options.what, style);
    }
  } catch (error) {
    if (error instanceof NoSuchAttack) {
      console.error(`btc-pinata attack: ${error.message}`);
      return MISUSED;
    }
    if (error instanceof ConnectFailure) {
      console.error(`btc-pinata attack: ${error.message}.`);
      return FAILED;
    }
    throw error;
  }
}

async function playOne(
  options: AttackOptions,
  { which, variant }: { readonly which: string; readonly variant: string | undefined },
  style: Style,
): Promise<number> {
  const { name, attack } = await loadAttack(which);
  const variants = attack.variants.filter((entry) => variant === undefined || entry.name === variant);
  if (variants.length === 0)
    throw new NoSuchAttack(
      attack.variants.length > 1
        ? `${name} has no variant ${JSON.stringify(variant)}; it has ${attack.variants.map((entry) => entry.name).join(', ')}`
        : `${name} has no variants, and ${JSON.stringify(variant)} was asked for; \`btc-pinata attack ${name}\` plays it`,
    );
  const outcomes: Outcome[] = [];
  for (const entry of variants) {
    const picture = new AttackPicture(attack, style);
    const draw = (event: AttackEvent): void => print(picture.event(event));
    if (!options.json) print(picture.title(name, entry.name));
    const report = await playVariant(options, attack, entry, options.json ? () => undefined : draw);
    if (options.json) printJson(name, entry, report);
    else print(picture.outcome(report));
    outcomes.push(report.outcome);
  }
  if (!options.json && outcomes.length > 1) print([`  ${tally(outcomes)}`, '']);
  return worst(outcomes);
}

async function playLibrary(options: AttackOptions, style: Style): Promise<number> {
  const library = await loadLibrary();
  const counter = await CategoryCounter.open(siteOf(options.host, options.ports));
  const outcomes: Outcome[] = [];
  const categories = new Map<string, number>();
  for (const { name, attack } of library) {
    for (const entry of attack.variants) {
      if (entry.expect === 'bait') continue; // a proof that the tool sees the bait is no attack
      const report = await playVariant(options, attack, entry, () => undefined);
      if (options.json) printJson(name, entry, report);
      else print([line(name, entry, report, style)]);
      outcomes.push(report.outcome);
      const category = expectedCategory(entry.expect);
      if (report.outcome === 'expected') {
        for (const key of [category, ...attack.alsoCounted]) categories.set(key, (categories.get(key) ?? 0) + 1);
      }
    }
  }
  const missing = (await counter?.missing(categories, COUNT_PATIENCE)) ?? [];
  if (!options.json) {
    const counted =
      counter === undefined
        ? 'there is no /status.json to see how they were counted'
        : `counted in ${categories.size} categories, as they should be`;
    print([
      '',
      `  ${tally(outcomes)}`,
      ...(missing.length === 0 ? [`  ${counted}`] : missing.map((text) => `  ${text}`)),
    ]);
  }
  // What could not be played for want of test credentials is no failure of the rest.
  const played = outcomes.filter((outcome) => outcome !== 'unplayable');
  return worst(missing.length === 0 ? played : [...played, 'unexpected']);
}

function playVariant(
  options: AttackOptions,
  attack: Attack,
  variant: AttackVariant,
  watch: (event: AttackEvent) => void,
): Promise<AttackReport> {
  const { host, credentials } = options;
  const played = portKeyOf[attack.port];
  const ports = { ...options.ports, [played]: options.port ?? options.ports[played] };
  return runAttack(
    variant,
    {
      host,
      port: attack.port,
      ports,
      calledPort: options.calledPort,
      site: siteOf(host, ports),
      credentials,
      counted: options.what.kind === 'play',
    },
    watch,
  );
}

const siteOf = (host: string, { http }: AttackOptions['ports']): URL =>
  new URL(`http://${host.includes(':') ? `[${host}]` : host}:${http}/`);

/** The bait over everything; then what could not be played, and what was not as expected. */
const worst = (outcomes: readonly Outcome[]): number => Math.max(0, ...outcomes.map((outcome) => status[outcome]));

const tallies: Readonly<Record<Outcome, string>> = {
  expected: 'refused as they should be',
  unexpected: 'ended otherwise',
  unplayable: 'not played, for want of --test-credentials or a website',
  bait: 'BROUGHT THE BAIT OUT',
};

const tally = (outcomes: readonly Outcome[]): string =>
  [`${outcomes.length} connections`]
    .concat(
      (['expected', 'unexpected', 'unplayable', 'bait'] as const)
        .map((outcome) => [outcomes.filter((entry) => entry === outcome).length, tallies[outcome]] as const)
        .filter(([count]) => count > 0)
        .map(([count, words]) => `${count} ${words}`),
    )
    .join(', ');

const label = (name: string, variant: string): string => (variant === '' ? name : `${name}:${variant}`);

function line(name: string, { name: variant }: AttackVariant, report: AttackReport, style: Style): string {
  const { outcome, expected, alerts, answers, differences } = report;
  const [colour, sign] = (
    {
      expected: ['green', style.unicode ? '✔' : 'ok'],
      unexpected: ['yellow', style.unicode ? '✘' : '!!'],
      unplayable: ['dim', '-'],
      bait: ['red', style.unicode ? '█' : '##'],
    } as const
  )[outcome];
  const said = expected !== 'bait' && 'answers' in expected ? answerWords(answers) : alerts.join(', ') || 'no alert';
  const result = outcome === 'expected' ? [said, expectedCategory(expected)] : differences;
  const [first = ''] = result.join('  ').split('\n');
  const words = outcome === 'bait' ? 'THE BAIT CAME OUT' : first;
  return `  ${paint(style, colour, sign)} ${label(name, variant).padEnd(42)} ${paint(style, outcome === 'expected' ? 'dim' : colour, words)}`;
}

function list(library: readonly LoadedAttack[], style: Style): readonly string[] {
  const width = Math.max(...library.map(({ name }) => name.length)) + 2;
  const threats = Math.max(...library.map(({ attack }) => attack.threats.join(' ').length)) + 2;
  const section = (port: Attack['port'], title: string): readonly string[] => [
    '',
    paint(style, 'bold', title),
    ...library
      .filter(({ attack }) => attack.port === port)
      .map(({ name, attack }) => {
        const many = attack.variants.length > 1 ? paint(style, 'dim', ` (${attack.variants.length})`) : '';
        return `  ${paint(style, 'cyan', name.padEnd(width))}${attack.threats.join(' ').padEnd(threats)}${attack.title}${many}`;
      }),
  ];
  const variants = library.flatMap(({ attack }) => attack.variants);
  const letIn = variants.filter(({ expect }) => expect === 'bait').length;
  return [
    ...section('server', 'Against the port that plays the TLS server (10000)'),
    ...section('client', 'Against the port that plays the TLS client (10002)'),
    ...section('dialback', 'Against the port that calls back (10001)'),
    ...section('http', 'Against the website (8080)'),
    ...section('https', 'Against the website over TLS (8443)'),
    '',
    `${library.length} attacks, ${variants.length} connections. NAME plays one, NAME --show prints it, --all plays all but the ${letIn} that are`,
    'meant to be let in; a number in brackets is of variants, each of which NAME:VARIANT plays alone.',
  ];
}

function printJson(name: string, { name: variant }: AttackVariant, { data, ...report }: AttackReport): void {
  console.log(JSON.stringify({ attack: label(name, variant), ...report, applicationData: data.length }));
}

function print(lines: readonly string[]): void {
  for (const text of lines) process.stdout.write(`${text}\n`);
}
