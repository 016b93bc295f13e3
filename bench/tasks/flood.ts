import { provoke } from '../load.ts';

/*
 * A flood of one ClientHello, over and over, from a process of its own: whoever is flooded makes a share, a secret and a
 * signature for each, and the flood makes none. Arguments: the hello in hex, and the ports. Asked, it says how many were answered.
 */

const [hello = '', ...ports] = process.argv.slice(2);
const bytes = Buffer.from(hello, 'hex');
/** So many at once keep the threads of a service busy, and stay below its places for one prefix. */
const atOnce = 64;

let answered = 0;

async function flood(port: number): Promise<never> {
  for (;;) {
    await provoke(port, bytes, 'hang up').catch(() => undefined);
    answered += 1;
  }
}

process.on('message', () => process.send?.(answered));
process.on('disconnect', () => process.exit());
for (let i = 0; i < atOnce; i += 1) void flood(Number(ports[i % ports.length]));
