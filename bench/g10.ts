import { type Benchmark, batch, cpuPer, effort, serverScript } from './benchmark.ts';
import { startServer } from './child.ts';
import { ratioAgainst } from './figure.ts';
import { interleave } from './interleave.ts';
import { provoke } from './load.ts';
import { median } from './measure.ts';
import { startService } from './service.ts';

/** What a scanner costs that speaks anything but TLS. */
export const g10: Benchmark = {
  id: 'G10',
  title: 'garbage as first bytes: CPU time of the server',
  async run(run) {
    const { child: service, ports } = await startService();
    const nodeTls = await startServer(serverScript('node-tls'), [run.credentialsPath, 'mutual']);
    const plain = await startServer(serverScript('plain'), []);
    const rude = await startServer(serverScript('plain'), ['destroys']);
    try {
      const count = batch(run, 500);
      const sides = {
        ours: cpuPer(service, count, () => provoke(ports.server, noise, 'read on')),
        nodeTls: cpuPer(nodeTls.child, count, () => provoke(nodeTls.port, noise, 'read on')),
        oursHttp: cpuPer(service, count, () => provoke(ports.server, http, 'read on')),
        nodeTlsHttp: cpuPer(nodeTls.child, count, () => provoke(nodeTls.port, http, 'read on')),
        plain: cpuPer(plain.child, count, () => provoke(plain.port, noise, 'read on')),
        rude: cpuPer(rude.child, count, () => provoke(rude.port, noise, 'read on')),
      };
      await interleave(sides, effort(run, 24, 20_000)); // until the optimizing compiler is done with both
      const samples = await interleave(sides, effort(run, 40, 24_000));
      const microseconds = (side: keyof typeof sides) => Math.round(median(samples[side]));
      return {
        comparisons: [ratioAgainst('of node:tls', samples.ours, samples.nodeTls, { atMost: 0.7 })],
        method:
          'CPU time of the server process per connection, with accept, alert, close and, on our side, the whole service ' +
          '(admission, limits, statistics). Bytes that both sides answer with an alert: a record of application data, first thing.',
        details: {
          'ours, CPU µs': microseconds('ours'),
          'node:tls, CPU µs': microseconds('nodeTls'),
          'a request of plain HTTP, ours, CPU µs': microseconds('oursHttp'),
          'a request of plain HTTP, node:tls, CPU µs': microseconds('nodeTlsHttp'),
          'node:net that answers and closes, CPU µs': microseconds('plain'),
          'node:net that destroys without an answer, CPU µs': microseconds('rude'),
        },
        notes: [
          'To what looks like no TLS at all node:tls says nothing and destroys the socket; we send the alert, close in order ' +
            'and drain, here too, since that alert is all that tells a visitor what went wrong. No ratio is made of unequal work.',
        ],
      };
    } finally {
      await Promise.all([service, nodeTls.child, plain.child, rude.child].map((child) => child.stop()));
    }
  },
};

const noise = Uint8Array.of(23, 3, 3, 0, 5, 1, 2, 3, 4, 5);
const http = new TextEncoder().encode('GET / HTTP/1.1\r\nHost: pinata.example\r\n\r\n');
