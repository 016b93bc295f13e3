import { deployCommand } from '../../infra/deploy/deploy-command.ts';
import { destroyCommand } from '../../infra/deploy/destroy-command.ts';
import { aroundDeploy, aroundDestroy, clientsAt } from './on-emulated-aws.ts';

/*
 * A run against the cloud of AWS_ENDPOINT_URL as a process of its own, which kills itself:
 *
 *   node killed-on-aws.ts PORT STATE deploy|destroy ARGUMENTS...
 *
 * STATE, as `deploying:host`: once what that step asks of the world is done, and nobody has written that down. `-`: not at all.
 */

const [port = '', state = '', verb = '', ...words] = process.argv.slice(2);
const kill = (): never => {
  process.kill(process.pid, 'SIGKILL');
  for (;;);
};

type Act = (...given: never[]) => Promise<unknown>;

/** The same world, but for that step: what the world does is told the document, which says at which it is. */
function killing<Kind extends object>(world: Kind): Kind {
  return new Proxy(world, {
    get(target, name, receiver) {
      const act: unknown = Reflect.get(target, name, receiver);
      if (!isAct(act)) return act;
      return async (...given: never[]) => {
        const done = await act(...given);
        return isThere(given[0]) ? kill() : done;
      };
    },
  });
}

const isAct = (value: unknown): value is Act => typeof value === 'function';
const isThere = (document: unknown): boolean =>
  typeof document === 'object' && document !== null && 'state' in document && document.state === state;

const write = (text: string | Uint8Array): boolean => process.stdout.write(text);
const place = {
  terminal: { stdout: { write }, stderr: { write }, ask: undefined },
  environment: process.env,
  port: Number(port),
  clients: clientsAt(process.env['AWS_ENDPOINT_URL'] ?? ''),
  world: killing,
  teardown: killing,
};
process.exitCode =
  verb === 'destroy'
    ? await destroyCommand(words, aroundDestroy(place))
    : await deployCommand(words, aroundDeploy(place));
