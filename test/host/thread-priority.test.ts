import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

const module = new URL('../../service/host/thread-priority.ts', import.meta.url).href;

/** nice(2) of the first thread and of one that stands behind it, of a process that was started with `nice`. */
function priorities(nice: number): unknown {
  const behind = `
    import { readlinkSync } from 'node:fs';
    import { getPriority } from 'node:os';
    import { parentPort } from 'node:worker_threads';
    import { standBehind } from '${module}';
    const stood = standBehind();
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    parentPort.postMessage([stood, getPriority(thread)]);`;
  const program = `
    import { getPriority } from 'node:os';
    import { Worker } from 'node:worker_threads';
    new Worker(${JSON.stringify(behind)}, { eval: true }).on('message', (told) => {
      console.log(JSON.stringify([getPriority(process.pid), ...told]));
    });`;
  const flags = ['--input-type=module', '-e', program];
  return JSON.parse(execFileSync('nice', ['-n', String(nice), process.execPath, ...flags], { encoding: 'utf8' }));
}

/** Of this process: what `nice` adds to. */
const own = Number(execFileSync('nice', { encoding: 'utf8' }));

test.runIf(process.platform === 'linux').each([0, 4, 12])(
  'a thread of the bounty stands behind the first one, where the process was started with nice %d more',
  (nice) => {
    const first = Math.min(own + nice, 19);
    expect(priorities(nice)).toEqual([first, true, Math.min(first + 5, 19)]);
  },
);
