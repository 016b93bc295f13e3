import type { Log } from './log.ts';
import { Unstartable } from './unstartable.ts';

/** Linux's driver gives the longest of commands, the making of a key, five minutes. */
const patience = { sayEveryMilliseconds: 10_000, mostMilliseconds: 330_000 } as const;

/**
 * What `work` comes to. Before the ports are open nobody else says anything, so a TPM that takes its time is named, and one that
 * has hung is given up: throws an `Unstartable`.
 */
export function waitForTpm<T>(work: Promise<T>, log: Log): Promise<T> {
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    const timer = setInterval(() => {
      const waited = performance.now() - begun;
      if (waited < patience.mostMilliseconds) return log('tpm_waited_for', { seconds: Math.round(waited / 1000) });
      clearInterval(timer);
      reject(
        new Unstartable(
          `the TPM has not answered for ${Math.round(waited / 1000)} seconds: it hangs, or another program uses it all the time; ` +
            'stop this machine and start it again, which resets its TPM',
        ),
      );
    }, patience.sayEveryMilliseconds);
    work.then(resolve, reject).finally(() => clearInterval(timer));
  });
}
