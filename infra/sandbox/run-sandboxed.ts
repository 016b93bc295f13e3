import { readFileSync } from 'node:fs';
import { configure } from '../../service/host/configuration.ts';
import { usage } from '../../service/host/configuration-document.ts';
import { Unstartable, UnusableSetting } from '../../service/host/unstartable.ts';
import { confine } from './confine.ts';
import { canonicalManifest } from './manifest.ts';
import { sandboxOptions, sandboxUsage } from './options.ts';
import { plan } from './plan.ts';
import { bubblewrap, program, runtime } from './runtime.ts';
import { systemdUnits } from './systemd.ts';

/* `run --sandbox`: this process opens the sockets and dials; the service, which holds the key, can do neither. */

const misused = 2;

export async function runSandboxed(argv: readonly string[]): Promise<number> {
  try {
    return await start(argv);
  } catch (error) {
    if (error instanceof UnusableSetting) return refuse([error.message]);
    if (error instanceof Unstartable) return refuse([error.message], 1);
    throw error;
  }
}

async function start(argv: readonly string[]): Promise<number> {
  const options = sandboxOptions(argv);
  if ('problem' in options) return refuse([options.problem]);
  const configured = configure({
    argv: options.rest,
    environment: process.env,
    readFile: (path) => readFileSync(path, 'utf8'),
  });
  switch (configured.type) {
    case 'help':
      process.stdout.write(sandboxUsage + usage('btc-pinata run --sandbox'));
      return 0;
    case 'version':
      return refuse(['--version: not with --sandbox; `btc-pinata --version` says it']);
    case 'problems':
      return refuse(configured.problems);
    case 'run':
      break;
  }
  const planned = plan(configured.configuration, options);
  if (options.print === 'manifest') {
    process.stdout.write(canonicalManifest(planned.manifest));
    return 0;
  }
  if (options.print === 'systemd') {
    for (const { name, text } of systemdUnits(planned.manifest, configured.configuration)) {
      process.stdout.write(`# ${name}\n${text}\n`);
    }
    return 0;
  }
  const tool = bubblewrap();
  return confine({
    ...planned,
    bubblewrap: tool,
    runtime: runtime(),
    program: await program(options.program),
    listen: configured.configuration,
  });
}

function refuse(problems: readonly string[], status: 1 | 2 = misused): number {
  process.stderr.write(problems.map((problem) => `btc-pinata run: ${problem}\n`).join(''));
  return status;
}
