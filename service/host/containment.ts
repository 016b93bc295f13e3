import type { Socket } from 'node:net';

/** Runs what a socket, a timer or a turn calls back for one connection. Total: it never throws. */
export type Contain = (act: () => void) => void;

/**
 * A mistake of ours ends the connection that it was made for, and no other: an exception that left a callback would end
 * the process, and with it the authorities and everybody who is here (threats.md J6).
 *
 * `socket` is undefined where there is none yet. `tell` counts the exception; it may be called more than once, and does
 * not throw.
 */
export function containment(socket: Socket | undefined, tell: (error: unknown) => void): Contain {
  return (act) => {
    try {
      act();
    } catch (error) {
      // It may have been thrown before anybody listened, and an error that nobody hears is an exception too.
      socket?.on('error', () => undefined);
      socket?.destroy();
      tell(error);
    }
  };
}
