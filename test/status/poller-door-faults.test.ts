import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { doors } from '../../status-page/document/index.ts';
import { Polled, patient, settingsWith } from './polled.ts';
import { listening, startStandIn } from './stand-in-host.ts';

/* The ports that speak no HTTP, each met by every fault of a transport: that door is down and says why, and nothing else is. */

const faults = ['says nothing', 'resets', 'stops halfway', 'answers in pieces', 'answers too slowly'] as const;
type Fault = (typeof faults)[number];
const raw = ['https', 'server', 'dialback', 'reverse'] as const;

/** In front of a port: what comes from it is met by the fault, what goes to it goes. */
function faulty(target: number, fault: Fault): Promise<number> {
  let over = false;
  onTestFinished(() => {
    over = true;
  });
  const behind = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    if (fault === 'says nothing') return void socket.resume();
    if (fault === 'resets') return void socket.resetAndDestroy();
    const host = connect(target, '127.0.0.1');
    host.on('error', () => socket.destroy());
    socket.on('close', () => host.destroy());
    socket.pipe(host);
    pass(host, socket, fault, () => over).catch(() => socket.destroy());
  });
  return listening(behind);
}

async function pass(host: Socket, socket: Socket, fault: Fault, over: () => boolean): Promise<void> {
  const length = fault === 'answers in pieces' ? 100 : 1;
  for await (const chunk of host) {
    const bytes: Buffer = chunk;
    if (fault === 'stops halfway') return void socket.end(bytes.subarray(0, bytes.length / 2));
    for (let at = 0; at < bytes.length && !over() && !socket.destroyed; at += length) {
      socket.write(bytes.subarray(at, at + length));
      // Longer than a look takes, if it is one byte each.
      await pause(fault === 'answers in pieces' ? 0 : 500);
    }
  }
  socket.end();
}

/** 10001 says nothing of itself: that it closes is all that it does. */
const up = (door: (typeof raw)[number], fault: Fault): boolean =>
  fault === 'answers in pieces' || (door === 'dialback' && fault !== 'says nothing');

describe.each(raw)('%s', (door) => {
  // 10001 that is reset at once may look as if nobody listened, or as if it had closed.
  test.each(faults.filter((fault) => door !== 'dialback' || fault !== 'resets'))('that %s', async (fault) => {
    const now = Math.floor(Date.now() / 1000);
    const host = await startStandIn(now);
    const ports = { ...host.ports, [door]: await faulty(host.ports[door], fault) };
    const polled = new Polled(settingsWith({ network: 'mainnet', ports, address: host.fields.address }));
    const byDeadline = !up(door, fault) && (fault === 'says nothing' || fault === 'answers too slowly');
    const report = await polled.run(0, byDeadline ? { ...patient, door: 1500 } : patient);
    expect(report.outcome).toBe('published');
    const status = await polled.status();
    const { state, sentence } = status.host[door];
    expect([state, sentence]).toEqual([up(door, fault) ? 'up' : 'down', expect.stringMatching(/./)]);
    // Where a deadline decides, a door that is well may miss it on a machine that is busy.
    if (byDeadline) return;
    const others = doors.filter((other) => other !== door);
    expect(others.map((other) => [other, status.host[other].state])).toEqual(others.map((other) => [other, 'up']));
  });
});
