import { destroy, up } from '../../infra/vps/run.ts';

/* A run that is to be killed: a process of its own, with the engine and its plugin in its group. */

const { verb, inputs, options } = JSON.parse(process.argv[2] ?? '{}');
await (verb === 'destroy' ? destroy(inputs, options) : up(inputs, options));
