import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { confine } from '../../infra/sandbox/confine.ts';
import { plan } from '../../infra/sandbox/plan.ts';
import { bubblewrap, runtime } from '../../infra/sandbox/runtime.ts';
import { configure } from '../../service/host/configuration.ts';

/*
 * A program of its own, for the tests: runs something else in the very sandbox that the service gets.
 *
 *   node test/sandbox/inside.ts perl|node SCRIPT [--jitless] [flags of run]
 *
 * `node` is told what the service's Node is told; `perl` makes system calls as they are, whatever Node would say to them.
 */

const [language = '', script = '', ...words] = process.argv.slice(2);
const jitless = words[0] === '--jitless';
const configured = configure({
  argv: jitless ? words.slice(1) : words,
  environment: {},
  readFile: () => '{}',
});
if (configured.type !== 'run') throw new Error(JSON.stringify(configured));
const planned = plan(configured.configuration, { jitless, memoryMebibytes: 512 });
const perl = language === 'perl';
process.exitCode = await confine({
  ...planned,
  manifest: perl ? { ...planned.manifest, flags: [] } : planned.manifest,
  bubblewrap: bubblewrap(),
  runtime: perl ? { node: '/usr/bin/perl', libraries: librariesOf('/usr/bin/perl') } : runtime(),
  program: readFileSync(script),
  listen: configured.configuration,
});
// Sockets that came before it ended are of no use to anybody.
process.exit();

/** As the loader finds them (ldd(1)). */
function librariesOf(program: string): readonly string[] {
  const lines = execFileSync('ldd', [program], { encoding: 'utf8' }).split('\n');
  return lines.flatMap((line) => /^\s*(?:\S+ => )?(\/\S+) \(/.exec(line)?.[1] ?? []);
}
