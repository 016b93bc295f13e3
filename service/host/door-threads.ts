import { Worker } from 'node:worker_threads';
import type { HandedGeneration } from '../bounty/handed-generation.ts';
import type { DoorListenRequest, DoorMessage, DoorOrder, DoorTask } from './door-messages.ts';
import { readyCall } from './door-messages.ts';
import { hear } from './hear.ts';
import { Hearing } from './hearing.ts';
import type { Ledger } from './ledger.ts';
import type { InheritedSocket, OpenDoors } from './listeners.ts';
import { type Log, originOf } from './log.ts';
import { Unstartable } from './unstartable.ts';

/* The threads that receive the bounty's connections, as the thread with the page sees them. */

export interface DoorThreadsOptions {
  readonly count: number;
  /** The file that each of them runs: the program's own. */
  readonly file: string;
  readonly task: Omit<DoorTask, 'heard'>;
  readonly ledger: Ledger;
  readonly log: Log;
}

/** A thread that does not answer within so long is stuck. To begin is the most of its work. */
const patience = { beginning: 120_000, order: 30_000, stopping: 10_000 } as const;

export class DoorThreads {
  readonly #threads: readonly DoorThread[];

  private constructor(threads: readonly DoorThread[]) {
    this.#threads = threads;
  }

  /** Each has its keys when this resolves, and no door is open. What they were handed is zeroed. */
  static async start({ count, file, task, ledger, log }: DoorThreadsOptions): Promise<DoorThreads> {
    const hearing = new Hearing((told) => contained(() => hear(told, ledger, log), log));
    const threads = Array.from({ length: count }, (_, index) => {
      const heard = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
      return new DoorThread(file, `doors ${index + 1}`, { ...task, heard }, hearing);
    });
    const all = new DoorThreads(threads);
    try {
      await Promise.all(threads.map((thread) => thread.answerTo(readyCall, patience.beginning)));
    } finally {
      eraseSeeds(task.generation);
    }
    return all;
  }

  /**
   * Opens doors in all of them, or in none. Where descriptors were handed in each goes to one thread: listening on one
   * in two threads would have both close it, and the second close somebody else's.
   */
  async listen(request: DoorListenRequest): Promise<OpenDoors> {
    const answers = await this.#ask((index) => ({
      type: 'listen',
      request: { ...request, inherited: this.#shareOf(request, index) },
    }));
    const problem = answers.find((answer) => answer.problem !== undefined)?.problem;
    const close = async (): Promise<void> => {
      await this.#ask(() => ({ type: 'unlisten' }));
    };
    if (problem !== undefined) {
      await close();
      throw new Unstartable(problem);
    }
    return { open: answers.flatMap(({ open }) => open), close };
  }

  /** Resolves when each has made its keys. Sessions begin in the generation before until `adopt`. */
  async prepare(generation: HandedGeneration): Promise<void> {
    try {
      await this.#ask(() => ({ type: 'prepare', generation }));
    } finally {
      eraseSeeds(generation);
    }
  }

  adopt(): void {
    for (const thread of this.#threads) thread.order({ type: 'adopt' });
  }

  abandon(): void {
    for (const thread of this.#threads) thread.order({ type: 'abandon' });
  }

  /** They accept nobody any more, let handshakes end for `milliseconds`, tell what is left to tell, and are gone. */
  async stop(milliseconds: number, log: Log): Promise<void> {
    try {
      await this.#ask(() => ({ type: 'stop', milliseconds }), milliseconds + patience.stopping);
    } catch (error) {
      log('threads_stuck', originOf(error));
    }
    await this.terminate();
  }

  async terminate(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.terminate()));
  }

  /**
   * To whom a socket was meant for, or in turn: those of each door begin with another thread, so that there is something for each
   * where there is one socket for a door.
   */
  #shareOf({ doors, inherited }: DoorListenRequest, index: number): readonly InheritedSocket[] {
    const turns = new Map<InheritedSocket['key'], number>(doors.map((key, turn) => [key, turn]));
    return inherited.filter(({ key, thread }) => {
      if (thread !== undefined) return (thread - 1) % this.#threads.length === index;
      const turn = turns.get(key) ?? 0;
      turns.set(key, turn + 1);
      return turn % this.#threads.length === index;
    });
  }

  #ask(
    order: (index: number) => WithoutCall<Extract<DoorOrder, { call: number }>>,
    milliseconds: number = patience.order,
  ): Promise<readonly Answer[]> {
    return Promise.all(this.#threads.map((thread, index) => thread.ask(order(index), milliseconds)));
  }
}

type Answer = Extract<DoorMessage, { type: 'answer' }>;
type WithoutCall<Order> = Order extends { call: number } ? Omit<Order, 'call'> : never;

class DoorThread {
  readonly #worker: Worker;
  readonly #name: string;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #latest = readyCall;
  #ending = false;

  constructor(file: string, name: string, task: DoorTask, hearing: Hearing) {
    this.#name = name;
    const heard = new Int32Array(task.heard);
    this.#worker = new Worker(file, { name, workerData: task });
    this.#worker.on('message', (message: DoorMessage) => {
      // An answer is heard after what was told before it.
      if (message.type === 'answer') hearing.take({ told: [], done: () => this.#waiting.get(message.call)?.(message) });
      else hearing.take({ told: message.told, done: () => void Atomics.add(heard, 0, message.weight) });
    });
    // Nobody catches these: the process ends, as it does of an exception of its first thread.
    this.#worker.on('error', (error) => {
      throw error;
    });
    this.#worker.on('exit', (code) => {
      if (!this.#ending) throw new Error(`the thread "${name}" ended with ${code}`);
    });
  }

  order(order: DoorOrder): void {
    this.#worker.postMessage(order);
  }

  ask(order: WithoutCall<Extract<DoorOrder, { call: number }>>, milliseconds: number): Promise<Answer> {
    this.#latest += 1;
    const call = this.#latest;
    const answer = this.answerTo(call, milliseconds);
    this.order({ ...order, call });
    return answer;
  }

  /** A thread that is gone has done whatever it was told. */
  answerTo(call: number, milliseconds: number): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#ending) return resolve(answerOfNobody(call));
      const timer = setTimeout(() => {
        this.#waiting.delete(call);
        reject(new Error(`the thread "${this.#name}" does not answer`));
      }, milliseconds);
      this.#waiting.set(call, (answer) => {
        clearTimeout(timer);
        this.#waiting.delete(call);
        resolve(answer);
      });
    });
  }

  async terminate(): Promise<void> {
    this.#ending = true;
    for (const [call, settle] of this.#waiting) settle(answerOfNobody(call));
    await this.#worker.terminate();
  }
}

const answerOfNobody = (call: number): Answer => ({ type: 'answer', call, open: [], problem: undefined });

const eraseSeeds = ({ seeds }: HandedGeneration): void => void new Uint8Array(seeds).fill(0);

/** What is broken in what counts is told, and ends nobody. */
function contained(act: () => void, log: Log): void {
  try {
    act();
  } catch (error) {
    log('exception', originOf(error));
  }
}
