import type { Socket } from 'node:net';

/**
 * What one connection has standing in the turnstile: some bytes, and the socket paused behind them. Node tells of a FIN
 * even while a socket is paused; it came after the bytes, and is acted upon after them. What broke off is told at once:
 * there is nobody left to do the work for.
 */
export class Turn {
  readonly #socket: Socket;
  readonly #enter: (act: () => void) => () => void;
  #leave: (() => void) | undefined;
  #behind: (() => void) | undefined;

  /** `enter` calls back when it is this connection's turn, unless it is called off. */
  constructor(socket: Socket, enter: (act: () => void) => () => void) {
    this.#socket = socket;
    this.#enter = enter;
  }

  get isWaiting(): boolean {
    return this.#leave !== undefined;
  }

  /** Nothing more is read until `act` was called. */
  await(act: () => void): void {
    this.#socket.pause();
    this.#leave = this.#enter(() => {
      this.#leave = undefined;
      this.#socket.resume(); // from the next tick on, unless `act` pauses it again
      act();
      if (this.isWaiting) return; // it stands there again, and what came behind it does too
      this.#behind?.();
      this.#behind = undefined;
    });
  }

  /** At once, or after what waits. */
  after(act: () => void): void {
    if (this.isWaiting) this.#behind = act;
    else act();
  }

  /** The socket is gone, and what waits with it. */
  callOff(): void {
    this.#leave?.();
    this.#leave = undefined;
    this.#behind = undefined;
  }
}
