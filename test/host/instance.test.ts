import { describe, expect, onTestFinished, test } from 'vitest';
import {
  Instance,
  type InstanceReaders,
  type Resumption,
  systemInstance,
  watchInstance,
} from '../../service/host/instance.ts';
import { eventually } from './relay.ts';

/** A machine whose facts a test changes. */
function machine() {
  const facts: { -readonly [Key in keyof InstanceReaders]: ReturnType<InstanceReaders[Key]> } = {
    bootId: 'e2b1',
    generation: undefined,
    processId: '42',
    monotonic: 1000,
    boottime: 5000,
    realtime: 1_700_000_000_000,
  };
  const readers: InstanceReaders = {
    bootId: () => facts.bootId,
    generation: () => facts.generation,
    processId: () => facts.processId,
    monotonic: () => facts.monotonic,
    boottime: () => facts.boottime,
    realtime: () => facts.realtime,
  };
  /** So much passes, as this process sees it, while it does not, and by the time of day alone. */
  const pass = (seen: number, suspended = 0, frozen = 0): void => {
    facts.monotonic += seen;
    if (facts.boottime !== undefined) facts.boottime += seen + suspended;
    facts.realtime += seen + suspended + frozen;
  };
  return { facts, readers, pass };
}

describe('an instance', () => {
  test('is the same as long as nothing but time passes, however much of it', () => {
    const { readers, pass } = machine();
    const instance = new Instance(readers);
    for (const seen of [0, 10, 1000, 86_400_000, 10]) {
      pass(seen);
      expect(instance.look()).toBeUndefined();
    }
  });

  test('was resumed on another boot', () => {
    const { facts, readers } = machine();
    const instance = new Instance(readers);
    facts.bootId = 'ffff';
    expect(instance.look()).toBe('boot_id');
  });

  test('was cloned, as the hypervisor told: by another generation, or by the first that is known', () => {
    const { facts, readers } = machine();
    const instance = new Instance(readers);
    facts.generation = '1';
    expect(instance.look()).toBe('generation');
    const next = new Instance(readers);
    expect(next.look()).toBeUndefined();
    facts.generation = '2';
    expect(next.look()).toBe('generation');
  });

  test('was forked', () => {
    const { facts, readers } = machine();
    const instance = new Instance(readers);
    facts.processId = '43';
    expect(instance.look()).toBe('process_id');
  });

  test('was suspended, to memory or to a disk', () => {
    const { readers, pass } = machine();
    const instance = new Instance(readers);
    pass(1000, 1000);
    expect(instance.look()).toBeUndefined();
    pass(1000, 5000);
    expect(instance.look()).toBe('suspended');
    pass(1000);
    expect(instance.look()).toBeUndefined();
  });

  test('was frozen: the time of day went on without it', () => {
    const { readers, pass } = machine();
    const instance = new Instance(readers);
    pass(1000, 0, 59_000);
    expect(instance.look()).toBeUndefined();
    pass(1000, 0, 61_000);
    expect(instance.look()).toBe('clock');
  });

  test('does not mind a clock that is set back, or drifts', () => {
    const { readers, pass } = machine();
    const instance = new Instance(readers);
    pass(1000, 0, -3_600_000);
    expect(instance.look()).toBeUndefined();
    for (let second = 0; second < 1000; second++) {
      pass(1000, 0, 500);
      expect(instance.look()).toBeUndefined();
    }
  });

  test('does not mind being stopped between two readings', () => {
    const { facts, readers, pass } = machine();
    let stops = 0;
    const instance = new Instance({
      ...readers,
      boottime: () => {
        const { boottime } = facts;
        stops += 1;
        pass(30_000 * (stops % 2));
        return boottime;
      },
      realtime: () => {
        const { realtime } = facts;
        pass(90_000 * ((stops + 1) % 2));
        return realtime;
      },
    });
    for (let index = 0; index < 10; index++) expect(instance.look()).toBeUndefined();
  });

  test('is not mistaken for another where something cannot be read, then or ever', () => {
    const { facts, readers, pass } = machine();
    const instance = new Instance(readers);
    facts.bootId = undefined;
    facts.processId = undefined;
    facts.boottime = undefined;
    pass(1000);
    expect(instance.look()).toBeUndefined();
    expect(new Instance(readers).look()).toBeUndefined();
  });
});

test('the machine that runs this test is not resumed while it looks', () => {
  const instance = new Instance(systemInstance);
  expect(instance.look()).toBeUndefined();
  if (process.platform === 'linux') {
    expect(systemInstance.bootId()).toMatch(/^[0-9a-f-]{36}$/);
    expect(systemInstance.boottime()).toBeGreaterThan(0);
    expect(systemInstance.processId()).toBe(String(process.pid));
  }
});

test('a watch says so once, and looks no further', async () => {
  const { facts, readers } = machine();
  let looks = 0;
  const instance = new Instance({
    ...readers,
    bootId: () => {
      looks += 1;
      return facts.bootId;
    },
  });
  const told: Resumption[] = [];
  const watch = watchInstance(instance, (sign) => told.push(sign), 1);
  onTestFinished(() => watch.stop());
  facts.bootId = 'ffff';
  await eventually(
    () => told.length,
    (count) => count > 0,
  );
  const then = looks;
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect([told, looks]).toEqual([['boot_id'], then]);
});
