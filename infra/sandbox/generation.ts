import { Instance, systemInstance, type Watch, watchInstance } from '../../service/host/instance.ts';

/*
 * The generation of the machine, looked at from outside: a folder that is not there when the sandbox is made is not in it, and
 * whoever writes it first makes it then. All else that shows a resume the service sees by itself.
 */

/** Calls `onOther` once, when there is another generation than at the start, or one for the first time. */
export function watchGeneration(
  onOther: () => void,
  generation: () => string | undefined = systemInstance.generation,
  everyMilliseconds?: number,
): Watch {
  const nothing = (): undefined => undefined;
  const still = (): number => 0;
  const instance = new Instance({
    ...{ generation, bootId: nothing, processId: nothing, boottime: nothing },
    ...{ monotonic: still, realtime: still },
  });
  return watchInstance(instance, onOther, everyMilliseconds);
}
