import { join } from 'node:path';
import { Misuse } from '../../service/tools/command-words.ts';
import { costOf, costText, sourcesText } from './cost.ts';
import { costRequest, type Surroundings, streamOf, surroundings } from './deploy-command.ts';
import { draft } from './draft.ts';
import { findingText, problems } from './finding.ts';
import { hostPower } from './host-power.ts';
import { pageZoneOf } from './hosted-zone.ts';
import { locked } from './lock.ts';
import { existing as existingIn, sameAccount } from './names.ts';
import { parseDeployOptions, type Wish } from './options.ts';
import { policyOf } from './policy.ts';
import { Progress } from './progress.ts';
import { serverTypeOf } from './questions.ts';
import { releaseOrWhyNot } from './release-files.ts';
import { selftest } from './selftest.ts';
import { readDeployment } from './state-file.ts';
import { exits, verb } from './verb.ts';

/** What does not matter for what is looked at. */
const usual = { name: 'pinata', network: 'mainnet', refundHeight: 1_000_000 } as const satisfies Wish;

/** `btc-pinata doctor`. */
export const doctorCommand = (argv: readonly string[], around: Surroundings = surroundings()): Promise<number> =>
  verb('doctor', around.terminal, async (signal) => {
    const say = (text: string): void => void around.terminal.stdout.write(`${text}\n`);
    const { policy, account, selftested, rest } = ownWords(argv);
    const options = parseDeployOptions(rest);
    const name = options.wish.name ?? usual.name;
    const folder = join(options.folder, name);
    const existing = readDeployment(folder);
    if (selftested) {
      const release = options.wish.release ?? join(around.root, 'dist');
      say(await selftestOf(name, folder, release, around, signal));
      return exits.done;
    }
    const wish = { ...usual, region: regionOf(options.wish, around.environment), ...options.wish };
    const host = existing?.provider ?? wish.host ?? 'ec2';
    const region = host === 'ec2' ? (existing?.region ?? wish.region) : undefined;
    if (policy) {
      const statusPage = existing?.chosen.statusPage ?? wish.statusPage ?? true;
      const pageDomain = wish.pageDomain ?? existing?.chosen.pageDomain ?? null;
      const zone = wish.hostedZone ?? existing?.chosen.hostedZone ?? null;
      const hostedZone = pageZoneOf({ statusPage, pageDomain, hostedZone: zone })?.hostedZone;
      const printed = policyOf({ account: account ?? existing?.account ?? '*', name, region, statusPage, hostedZone });
      say(JSON.stringify(printed, undefined, 2));
      return exits.done;
    }
    const place = wish.release ?? join(around.root, 'dist');
    const { files, known } = releaseOrWhyNot(place, host === 'ec2', wish.releaseUrl ?? null);
    const parts = { release: existing?.release ?? known, existing };
    const patient = draft({
      ...parts,
      wish: existing === undefined ? wish : options.wish,
      account: existing?.account ?? null,
    });
    const doctor = { root: around.root, folder, environment: around.environment, signal, adopt: options.adopt };
    const { findings } = await around.examine(patient, files, doctor);
    for (const finding of findings) say(findingText(finding));
    const missing = problems(findings).length;
    say(missing === 0 ? '\nNothing is missing.' : `\n${missing} of these must be put right before a deployment.`);
    return missing === 0 ? exits.done : exits.failed;
  });

async function selftestOf(
  name: string,
  folder: string,
  release: string,
  { terminal, environment }: Surroundings,
  signal: AbortSignal,
): Promise<string> {
  const deployment = existingIn(folder, name);
  const power = hostPower({ environment, signal });
  if (deployment.provider === 'ec2') await sameAccount(deployment, power);
  const { tell } = new Progress(streamOf(terminal));
  const now = (): number => Math.floor(Date.now() / 1000);
  return locked(folder, () => selftest(deployment, { folder, release, power, signal, tell, now }));
}

/** `btc-pinata cost`. */
export const costCommand = (argv: readonly string[], around: Surroundings = surroundings()): Promise<number> =>
  verb('cost', around.terminal, async () => {
    const { wish, folder } = parseDeployOptions(argv);
    const existing = readDeployment(join(folder, wish.name ?? usual.name));
    const host = wish.host ?? 'ec2';
    const request =
      existing === undefined
        ? {
            provider: host,
            region: regionOf(wish, around.environment),
            serverType: wish.type ?? serverTypeOf[host],
            statusPage: wish.statusPage ?? true,
            pageDomain: wish.pageDomain !== undefined,
          }
        : costRequest(existing);
    const lines = costOf(request);
    around.terminal.stdout.write(`${costText(lines)}\n\n${sourcesText(lines)}\n`);
    return exits.done;
  });

const regionOf = ({ region, host = 'ec2' }: Wish, environment: NodeJS.ProcessEnv): string =>
  region ?? (host === 'ec2' ? (environment['AWS_REGION'] ?? 'us-east-1') : host === 'hetzner' ? 'fsn1' : 'fra1');

/** --policy, --account and --ec2-selftest are doctor's own; the rest is deploy's. */
function ownWords(argv: readonly string[]) {
  const at = argv.indexOf('--account');
  const account = at === -1 ? undefined : (argv[at + 1] ?? '');
  if (account !== undefined && !/^\d{12}$/.test(account)) {
    throw new Misuse(`--account is ${JSON.stringify(account)}; the twelve digits of an AWS account are wanted`);
  }
  const own = new Set(['--policy', '--ec2-selftest']);
  const rest = argv.filter((word, index) => !own.has(word) && (at === -1 || (index !== at && index !== at + 1)));
  return { policy: argv.includes('--policy'), account, selftested: argv.includes('--ec2-selftest'), rest };
}
