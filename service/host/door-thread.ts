import { isMainThread, type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { Terms } from '../bounty/conversation.ts';
import { HandedCredentials } from '../bounty/handed-generation.ts';
import { Admission } from './admission.ts';
import { clockSince } from './clock.ts';
import { ownDialler } from './dialler.ts';
import { inDoorMemory } from './door-memory.ts';
import { type DoorMessage, type DoorOrder, type DoorTask, doorTaskFormat, readyCall } from './door-messages.ts';
import { entropy } from './entropy.ts';
import { House } from './house.ts';
import { type Accept, type OpenDoors, openDoors } from './listeners.ts';
import { type Log, originOf } from './log.ts';
import { Outbox } from './outbox.ts';
import { SharedAllowance } from './shared-allowance.ts';
import { socketDialler } from './socket-dialler.ts';
import { environmentOf, termsOf } from './terms.ts';
import { standBehind } from './thread-priority.ts';
import { Unstartable } from './unstartable.ts';

/*
 * A thread that receives the bounty's connections, and has no page: a house with doors of its own, which does what the thread
 * with the page says and tells it what happens. An exception that nobody caught ends the process, as it does there.
 */

/** What this thread is to do, where it is one of these. */
export function doorTask(): DoorTask | undefined {
  if (isMainThread) return undefined;
  const task: DoorTask | undefined = workerData;
  if (task?.format !== doorTaskFormat) throw new TypeError('a thread of the bounty was started without its task');
  return task;
}

/** Until it is told to stop. */
export function receiveAtDoors(task: DoorTask, bait: Terms['bait']): void {
  if (parentPort === null) throw new TypeError('there is no thread to tell');
  standBehind();
  const thread = new DoorThread(task, bait, parentPort);
  parentPort.on('message', (order: DoorOrder) => void thread.obey(order));
  thread.answer(readyCall);
}

class DoorThread {
  readonly #port: MessagePort;
  readonly #outbox: Outbox;
  readonly #log: Log;
  readonly #credentials: HandedCredentials;
  readonly #house: House;
  #doors: OpenDoors | undefined;

  constructor(task: DoorTask, bait: Terms['bait'], port: MessagePort) {
    const { configuration, heard, memory } = task;
    const clock = clockSince(task.clockOrigin);
    const { correlator, limits } = inDoorMemory(memory);
    const credentials = new HandedCredentials(task.generation);
    const { connections, connectionsPerPrefix, handshakesPerSecond, dialbacksPerMinute, dialler } = configuration;
    this.#port = port;
    this.#credentials = credentials;
    const recording = new SharedAllowance(task.recording);
    this.#outbox = new Outbox({
      clock,
      mayRecord: () => recording.take(clock.monotonic()),
      test: configuration.testCredentials !== undefined,
      post: (message) => this.#say(message),
      heard,
    });
    this.#log = (event, values = {}) => this.#outbox.tell({ type: 'log', event, values });
    this.#house = new House({
      terms: termsOf(configuration, clock, {
        bait,
        correlator,
        lease: (role) => credentials.lease(role),
        environment: environmentOf(clock, entropy),
      }),
      admission: new Admission(
        { connections, connectionsPerPrefix, handshakesPerSecond, dialbacksPerMinute },
        limits, // which say how many, for all threads together
      ),
      ledger: this.#outbox,
      website: undefined,
      log: this.#log,
      handshakeMilliseconds: configuration.handshakeSeconds * 1000,
      dialback: {
        // One by messages to the parent is on the other thread, and its door with it.
        dialler: dialler === undefined || dialler === 'parent' ? ownDialler : socketDialler(dialler),
        port: configuration.dialbackTargetPort,
        allowPrivate: task.allowPrivateDialback,
        milliseconds: configuration.dialbackSeconds * 1000,
      },
    });
  }

  async obey(order: DoorOrder): Promise<void> {
    switch (order.type) {
      case 'listen':
        await this.#listen(order);
        return;
      case 'unlisten':
        await this.#doors?.close();
        this.answer(order.call);
        return;
      case 'prepare':
        this.#credentials.prepare(order.generation);
        this.answer(order.call);
        return;
      case 'adopt':
        this.#credentials.adopt();
        return;
      case 'abandon':
        this.#credentials.abandon();
        return;
      case 'stop':
        void this.#doors?.close();
        await this.#house.empty(order.milliseconds);
        this.#outbox.flush(); // it is heard before the answer
        this.answer(order.call);
        return;
      default:
        order satisfies never;
    }
  }

  answer(call: number, problem?: string): void {
    this.#say({ type: 'answer', call, open: this.#doors?.open ?? [], problem });
  }

  async #listen({ call, request }: Extract<DoorOrder, { type: 'listen' }>): Promise<void> {
    try {
      this.#doors = await openDoors({
        ...request,
        shared: request.inherited.length === 0,
        accept: (key) => this.#accept(key),
        onError: (key, error) => this.#log('accept_failed', { port: key, ...originOf(error) }),
      });
    } catch (error) {
      if (!(error instanceof Unstartable)) throw error;
      this.answer(call, error.message);
      return;
    }
    this.answer(call);
  }

  #accept(key: Parameters<House['accept']>[0]): Accept {
    const receive = this.#house.accept(key);
    return (socket) => {
      if (!this.#outbox.isFull) {
        receive(socket);
        return;
      }
      socket.on('error', () => undefined);
      socket.destroy();
      this.#outbox.shed(key);
    };
  }

  #say(message: DoorMessage): void {
    this.#port.postMessage(message);
  }
}
