import { setMaxListeners } from 'node:events';
import { parseArgs } from 'node:util';
import { type AttackName, attacks } from './attacks.ts';
import type { Means, Tally } from './connections.ts';

/* One attack as a process of its own: `attacker.ts --attack NAME --amount N --ports JSON`, until its parent lets go of it. */

const { values } = parseArgs({
  options: {
    attack: { type: 'string', default: '' },
    amount: { type: 'string', default: '0' },
    ports: { type: 'string', default: '{}' },
    target: { type: 'string', default: '0' },
  },
});

const isAttack = (name: string): name is AttackName => Object.hasOwn(attacks, name);
if (!isAttack(values.attack)) throw new Error(`--attack ${values.attack}: only ${Object.keys(attacks).join(', ')}`);

const stop = new AbortController();
const tally: Tally = { opened: 0, refused: 0, closed: 0, reset: 0, answered: 0 };
const means: Means = { ports: JSON.parse(values.ports), tally, signal: stop.signal, target: Number(values.target) };
setMaxListeners(0, stop.signal);

process.on('message', () => {
  stop.abort();
  process.send?.(tally, () => process.exit(0));
});
process.on('disconnect', () => process.exit(0));
await attacks[values.attack](means, Number(values.amount));
