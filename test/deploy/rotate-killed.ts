import { rotateCommand } from '../../infra/deploy/host-commands.ts';
import { hostPower } from '../../infra/deploy/host-power.ts';
import { processTerminal } from '../../infra/deploy/terminal.ts';

/* `rotate` as a process of its own, which is to be killed: `ENDPOINT WORD...`, the token in its environment. */

const [endpoint = '', ...words] = process.argv.slice(2);
process.exitCode = await rotateCommand(words, {
  terminal: processTerminal(),
  environment: process.env,
  power: (options) => hostPower({ ...options, endpoint }),
});
