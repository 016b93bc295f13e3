import type { Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { type Benchmark, serverScript } from './benchmark.ts';
import { type Child, startServer } from './child.ts';
import { ratioAgainst } from './figure.ts';
import { idle } from './load.ts';
import { median } from './measure.ts';
import { startService } from './service.ts';

/** What a visitor who connects and says nothing costs in memory. */
export const g9: Benchmark = {
  id: 'G9',
  title: 'resident memory of an idle connection on the server port',
  async run(run) {
    const samples: { ours: number[]; nodeTls: number[] } = { ours: [], nodeTls: [] };
    for (let round = 0; round < (run.quick ? 1 : 5); round++) {
      const { child, ports } = await startService();
      samples.ours.push(await memoryOfOne({ child, port: ports.server }, connections));
      samples.nodeTls.push(
        await memoryOfOne(await startServer(serverScript('node-tls'), [run.credentialsPath, 'mutual']), connections),
      );
    }
    return {
      comparisons: [ratioAgainst('of node:tls', samples.ours, samples.nodeTls, { atMost: 0.2 })],
      method:
        `What the resident set of the whole service, or of a node:tls server, grows by from ${ballast} silent connections to ` +
        `${ballast + connections}, each time after two full garbage collections, divided by the ${connections}; median of five ` +
        'processes each.',
      details: {
        'ours, KiB': Math.round(median(samples.ours) / 102.4) / 10,
        'node:tls, KiB': Math.round(median(samples.nodeTls) / 102.4) / 10,
      },
      notes: [],
    };
  },
};

const connections = 3000;
/** What the process holds in reserve is used up by these: a connection more is memory more. */
const ballast = 1500;

async function memoryOfOne({ child, port }: { child: Child; port: number }, count: number): Promise<number> {
  const sockets = await open(port, ballast);
  try {
    const before = await child.memory();
    sockets.push(...(await open(port, count)));
    await setTimeout(200); // accepted by the kernel is not yet accepted by the process
    return ((await child.memory()) - before) / count;
  } finally {
    for (const socket of sockets) {
      socket.destroy();
    }
    await child.stop();
  }
}

async function open(port: number, count: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    const wave = Math.min(200, count - sockets.length); // below the backlog of a listener
    sockets.push(...(await Promise.all(Array.from({ length: wave }, () => idle(port)))));
  }
  return sockets;
}
