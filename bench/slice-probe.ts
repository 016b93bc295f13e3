import { isMainThread } from 'node:worker_threads';

/*
 * Loaded beside probe.ts into a service: the longest that its first thread computed between two looks of its loop at the sockets.
 * It is CPU time of that thread, so that a machine with too few processors does not count. The kernel counts what a running thread
 * spent once in a tick of some milliseconds, and whenever it goes to sleep: so it naps before each look. Nothing else is measured
 * meanwhile.
 */

const nobodyWakesIt = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
const napMilliseconds = 0.02;

const cpu = (): number => {
  Atomics.wait(nobodyWakesIt, 0, 0, napMilliseconds);
  const { user, system } = process.threadCpuUsage();
  return user + system;
};

let longest = 0;
let latest = 0;

function look(): void {
  const now = cpu();
  longest = Math.max(longest, now - latest);
  latest = now;
  setImmediate(look);
}

if (isMainThread) {
  process.on('message', (question) => {
    if (question === 'watch') {
      latest = cpu();
      setImmediate(look);
      process.send?.(0);
    }
    if (question === 'slice') process.send?.(longest);
  });
}
