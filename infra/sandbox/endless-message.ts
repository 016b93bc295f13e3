import type { ChildProcess } from 'node:child_process';

/*
 * Node keeps what comes over the channel of a child until the line ends, and has no bound for a line: who never ends it would
 * have all the memory of this process. So what this process takes is looked at, and a service that makes it grow is killed.
 */

const mebibyte = 1024 * 1024;

/** Far above what 256 calls at once and their answers take, and below what a machine of 512 MiB has left. */
const most = 128 * mebibyte;
/** A channel brings a few hundred MiB in a second at most. */
const everyMilliseconds = 100;

/** Until the child has ended. */
export function endOfEndlessMessage(child: ChildProcess, say: (problem: string) => void): void {
  const atStart = process.memoryUsage.rss();
  const timer = setInterval(() => {
    const grown = process.memoryUsage.rss() - atStart;
    if (grown <= most) return;
    clearInterval(timer);
    say(
      `the service says so much to the process that dials for it that this grew by ${Math.round(grown / mebibyte)} MiB: ` +
        'that is no piñata, and it was killed',
    );
    child.kill('SIGKILL');
  }, everyMilliseconds);
  timer.unref();
  child.once('exit', () => clearInterval(timer));
}
