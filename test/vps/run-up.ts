import { up } from '../../infra/vps/run.ts';

/* A run that is to be killed: a process of its own, with the engine and its plugin in its group. */

const { inputs, options } = JSON.parse(process.argv[2] ?? '{}');
await up(inputs, { ...options, replaceServer: false });
