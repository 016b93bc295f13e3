import { parseArgs } from 'node:util';
import { crash } from './crashes.ts';
import { publish, show } from './report.ts';
import { type Result, runScenario } from './run-scenario.ts';
import { type Scenario, scenarios, soak } from './scenarios.ts';

/*
 * `npm run load [-- NAME ... --quick --publish --soak MINUTES --crash ROUNDS]`: what stands under attack, and what it costs. On loopback alone,
 * bounded in number and time. As root where memory, descriptors and disks are to be bounded.
 */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    publish: { type: 'boolean', default: false },
    soak: { type: 'string' },
    crash: { type: 'string' },
  },
});

const say = (line: string): void => console.log(line);
const minutes = values.soak === undefined ? undefined : Number(values.soak);
if (minutes !== undefined && !(minutes > 0)) refuse(`--soak ${values.soak}: a number of minutes, such as 30`);
const rounds = values.crash === undefined ? undefined : Number(values.crash);
if (rounds !== undefined && !(Number.isInteger(rounds) && rounds > 0))
  refuse(`--crash ${values.crash}: a number of rounds, such as 1000`);
const unknown = positionals.filter((name) => scenarios.every((scenario) => scenario.name !== name));
if (unknown.length > 0) refuse(`${unknown}: there is only ${scenarios.map(({ name }) => name).join(', ')}`);

function refuse(sentence: string): never {
  console.error(sentence);
  process.exit(2);
}

function chosen(): readonly Scenario[] {
  if (minutes !== undefined) return [soak(minutes)];
  const named = scenarios.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  return values.quick ? named.map((scenario) => ({ ...scenario, seconds: Math.min(5, scenario.seconds) })) : named;
}

if (rounds !== undefined) {
  const { ready, attempts, wallets } = await crash(rounds, say);
  say(
    `${rounds} times ended by kill -9, ${ready} of them while it was busy: each of ${wallets} wallets is there, and ${attempts} attempts verify`,
  );
  say('1 passed, 0 failed');
  process.exit(0);
}

const results: Result[] = [];
for (const scenario of chosen()) {
  say(scenario.name);
  const result = await runScenario(scenario, say);
  show(result, say);
  results.push(result);
}
if (values.publish) publish(results);
const faults = results.filter((result) => result.faults.length > 0);
say(`${results.length - faults.length} passed, ${faults.length} failed`);
process.exit(faults.length === 0 ? 0 : 1);
