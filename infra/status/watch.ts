import type { Display } from './display.ts';
import { unknown } from './exit-status.ts';
import type { StatusWatch } from './status-watch.ts';

export interface Time {
  /** Seconds since 1970. */
  now(): number;
  /** Resolves after so many seconds, or as soon as the signal says. */
  pause(seconds: number, signal: AbortSignal): Promise<void>;
}

/** Until it is interrupted; the exit status is that of what was shown last. */
export async function keepWatching(
  watch: StatusWatch,
  display: Display,
  time: Time,
  interrupted: AbortSignal,
): Promise<number> {
  let status = unknown;
  const show = (): void => {
    const report = watch.report(time.now());
    status = report.exitStatus;
    display.show(report);
  };
  try {
    while (!interrupted.aborted) {
      await watch.look(time.now());
      // What was given up in the middle is no verdict.
      if (interrupted.aborted) break;
      show();
      while (!interrupted.aborted && time.now() < watch.next) {
        await time.pause(display.runs ? 1 : watch.next - time.now(), interrupted);
        if (display.runs && !interrupted.aborted) show();
      }
    }
  } finally {
    display.end();
  }
  return status;
}
