import { asked, besideSeconds } from './command-line.ts';
import { crash } from './crashes.ts';
import { publish, show } from './report.ts';
import { type Result, runScenario } from './run-scenario.ts';
import type { Scenario } from './scenarios.ts';

/*
 * `npm run load [-- NAME ... --quick --publish --soak MINUTES --crash ROUNDS]`: what stands under attack, and what it costs. On loopback alone,
 * bounded in number and time. As root where memory, descriptors and disks are to be bounded.
 */

const say = (line: string): void => console.log(line);

async function crashed(rounds: number): Promise<number> {
  const { ready, attempts, wallets } = await crash(rounds, say);
  say(
    `${rounds} times ended by kill -9, ${ready} of them while it was busy: each of ${wallets} wallets is there, and ${attempts} attempts verify`,
  );
  say('1 passed, 0 failed');
  return 0;
}

async function run(scenarios: readonly Scenario[], publishing: boolean): Promise<number> {
  const results: Result[] = [];
  for (const [i, scenario] of scenarios.entries()) {
    const left = scenarios.slice(i).reduce((sum, { seconds }) => sum + seconds + besideSeconds, 0);
    say(`${scenario.name} (${i + 1} of ${scenarios.length}, ${Math.ceil(left / 60)} min left)`);
    const result = await runScenario(scenario, say);
    show(result, say);
    results.push(result);
  }
  if (publishing) publish(results);
  const failed = results.filter(({ faults }) => faults.length > 0);
  say(
    `${results.length - failed.length} passed, ${failed.length} failed${failed.map(({ name }) => ` ${name}`).join('')}`,
  );
  return failed.length === 0 ? 0 : 1;
}

const what = asked(process.argv.slice(2));
switch (what.type) {
  case 'help':
    say(what.text);
    process.exit(0);
    break;
  case 'refused':
    console.error(what.sentence);
    process.exit(2);
    break;
  case 'crash':
    process.exit(await crashed(what.rounds));
    break;
  case 'run':
    process.exit(await run(what.scenarios, what.publish));
    break;
  default:
    what satisfies never;
}
