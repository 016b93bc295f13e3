import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Deployment } from '../../infra/deploy/deployment.ts';
import { encodeDeployment } from '../../infra/deploy/deployment.ts';
import { locked, lockName } from '../../infra/deploy/lock.ts';
import type { Wish } from '../../infra/deploy/options.ts';
import { begins, perform } from '../../infra/deploy/perform.ts';
import { planOf, type StepName, stepNames } from '../../infra/deploy/plan.ts';
import { runPlan } from '../../infra/deploy/runner.ts';
import { readDeployment, stateName, writeDeployment } from '../../infra/deploy/state-file.ts';
import type { World } from '../../infra/deploy/world.ts';
import { FakeCloud, worldOf } from './fake-cloud.ts';
import { drafted, onVps, refundKey } from './scene.ts';

/* Interrupted at any step and run again: nothing doubled, nothing lost. */

const newFolder = () => mkdtempSync(join(tmpdir(), 'pinata-run-'));
const steps = planOf(drafted(), 'd').map(({ name }) => name);
const stepsOfVps = planOf(drafted(onVps), 'd').map(({ name }) => name);

async function run(
  folder: string,
  world: World,
  start = readDeployment(folder) ?? drafted(),
  signal = live,
): Promise<Deployment> {
  return runPlan(
    start,
    planOf(start, folder),
    {
      begins,
      perform: (name, deployment) => perform(name, deployment, world, () => undefined),
      save: (deployment) => writeDeployment(folder, deployment),
      begin: () => undefined,
      end: () => undefined,
      now: () => 1_800_000_000,
      signal,
    },
    { during: (name) => `deploying:${name}`, after: 'live' },
  );
}
const live = new AbortController().signal;

/** What there is after one run without any trouble. */
async function whole(wish: Wish = {}) {
  const folder = newFolder();
  const cloud = new FakeCloud(folder);
  const end = await run(folder, worldOf(cloud, folder), drafted({ refundKey, ...wish }));
  return { things: cloud.things, end };
}

describe('killed', () => {
  // Begun and nothing done is what a step finds on its first run too: two of these are enough.
  const moments = [
    ...steps.map((step) => ['after', step, 'ec2'] as const),
    ...stepsOfVps.map((step) => ['after', step, 'vps'] as const),
    ['before', 'refund-key', 'ec2'],
    ['before', 'host', 'ec2'],
  ] as const;
  test('at each step that there is', () => {
    expect(new Set(moments.map(([, step]) => step))).toEqual(new Set(stepNames));
  });

  test.each(moments)('%s %s, %s', async (when, step, where) => {
    const folder = newFolder();
    const killed = spawnSync(process.execPath, [join(import.meta.dirname, 'killed-run.ts'), folder, step, when, where]);
    expect(killed.signal, String(killed.stderr)).toBe('SIGKILL');
    expect(readDeployment(folder)?.state).toBe(`deploying:${step}`);
    const cloud = new FakeCloud(folder);
    const key = existsSync(join(folder, 'refund-key.wif'))
      ? readFileSync(join(folder, 'refund-key.wif'), 'utf8')
      : undefined;
    const end = await locked(folder, () => run(folder, worldOf(cloud, folder)));
    const expected = await whole(where === 'vps' ? onVps : {});
    expect(cloud.things).toEqual(expected.things);
    expect({ ...end, chosen: { ...end.chosen, refundKey }, journal: [] }).toEqual({ ...expected.end, journal: [] });
    if (key !== undefined) expect(readFileSync(join(folder, 'refund-key.wif'), 'utf8')).toBe(key);
  });
});

test.each([
  ['host', 'PinataHost-pinata'],
  ['status', 'PinataStatus-pinata'],
] as const)(
  'the stack of %s is ours from the moment that it is begun: the next run finds no stranger there',
  (step, stack) => {
    const folder = newFolder();
    spawnSync(process.execPath, [join(import.meta.dirname, 'killed-run.ts'), folder, step, 'before']);
    expect(readDeployment(folder)?.stacks).toContain(stack);
  },
);

test('a step that fails is written down, and the next run begins with what is there', async () => {
  const folder = newFolder();
  const cloud = new FakeCloud(folder);
  const broken: World = {
    ...worldOf(cloud, folder),
    deployHost: async () => Promise.reject(new Error('no such luck')),
  };
  await expect(run(folder, broken)).rejects.toThrow('no such luck');
  const kept = readDeployment(folder);
  expect(kept?.state).toBe('deploying:host');
  expect(kept?.journal.at(-1)).toEqual({ step: 'host', at: 1_800_000_000, outcome: 'failed' });
  expect(kept?.host.imageId).toMatch(/^ami-/);
  expect((await run(folder, worldOf(cloud, folder))).state).toBe('live');
});

test('an interrupt ends the step that is at work, and says how to go on', async () => {
  const folder = newFolder();
  const controller = new AbortController();
  const world: World = {
    ...worldOf(new FakeCloud(folder), folder),
    answers: async () => {
      controller.abort();
      controller.signal.throwIfAborted();
    },
  };
  const ended = run(folder, world, drafted(), controller.signal);
  await expect(ended).rejects.toThrow(
    'interrupted at the step answer: what was done is kept; run the same again to go on',
  );
  expect(readDeployment(folder)?.journal.at(-1)?.outcome).toBe('interrupted');
});

test('a host with another wallet than the one that was verified before is not funded', async () => {
  const folder = newFolder();
  const cloud = new FakeCloud(folder);
  await run(folder, worldOf(cloud, folder));
  await expect(run(folder, worldOf(cloud, folder, 'bcrt1another'))).rejects.toThrow(
    'do not fund it before you know why',
  );
});

test.each([
  [
    { refundKey: '22'.repeat(32) },
    `by ${'22'.repeat(32)} from block 1000 on, and ${refundKey} from block 1000 on was asked for`,
  ],
  [{ refundHeight: 2000 }, `by ${refundKey} from block 2000 on, and `],
  [{ kind: 'classic', refundKey: null, refundHeight: null }, 'by nobody, and '],
] as const)('a wallet that is not the one that was asked for is not shown: %j', async (more, words) => {
  const folder = newFolder();
  const world = worldOf(new FakeCloud(folder), folder);
  const verify: World['verify'] = async (deployment, tell) => ({ ...(await world.verify(deployment, tell)), ...more });
  await expect(run(folder, { ...world, verify }, drafted({ refundKey }))).rejects.toThrow(words);
  expect(readDeployment(folder)?.wallet).toBeNull();
});

test('a second refund key is not made where one was given to the document', async () => {
  const folder = newFolder();
  const end = await run(folder, worldOf(new FakeCloud(folder), folder), drafted({ refundKey }));
  expect(end.chosen.refundKey).toBe(refundKey);
  expect(existsSync(join(folder, 'refund-key.wif'))).toBe(false);
});

test('a refund key that is another than that of the document is refused', async () => {
  const folder = newFolder();
  const world = worldOf(new FakeCloud(folder), folder);
  await run(folder, world);
  const strange = { ...drafted(), chosen: { ...drafted().chosen, refundKey } };
  await expect(run(folder, world, strange)).rejects.toThrow('and the file beside it is of');
});

describe('the document on disk', () => {
  test('comes back as it was written, readable by its owner alone', () => {
    const folder = newFolder();
    writeDeployment(folder, drafted());
    expect(readDeployment(folder)).toEqual(drafted());
    expect(statSync(join(folder, stateName)).mode & 0o077).toBe(0);
  });

  test.each([
    ['', 'Unexpected end of JSON input'],
    [encodeDeployment(drafted()).slice(0, 200), 'JSON'],
    [encodeDeployment({ ...drafted(), region: '' }).replace('btc-pinata/deployment/v1', 'v9'), 'format: '],
    [encodeDeployment(drafted()).replace('"stacks"', '"privateKey": "x", "stacks"'), 'privateKey: '],
  ])('that cannot be read is never taken for none: %#', (text, why) => {
    const folder = newFolder();
    writeFileSync(join(folder, stateName), text);
    expect(() => readDeployment(folder)).toThrow(why);
  });
});

describe('the lock', () => {
  test('lets in one', async () => {
    const folder = newFolder();
    await locked(folder, async () => {
      await expect(locked(folder, async () => undefined)).rejects.toThrow(`process ${process.pid} on`);
    });
    await expect(locked(folder, async () => 'free again')).resolves.toBe('free again');
  });

  test('of a process that was killed is nobody’s', async () => {
    const folder = newFolder();
    const gone = spawnSync(process.execPath, ['-e', '']);
    const { hostname } = await import('node:os');
    writeFileSync(join(folder, lockName), `${gone.pid} ${hostname()}\n`);
    await expect(locked(folder, async () => 'taken')).resolves.toBe('taken');
    expect(existsSync(join(folder, lockName))).toBe(false);
  });

  test('of another machine is left alone', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, lockName), '1 another.example\n');
    await expect(locked(folder, async () => undefined)).rejects.toThrow('process 1 on another.example');
    expect(existsSync(join(folder, lockName))).toBe(true);
  });
});

test('the steps of the journal are those of the plan, each begun and done', async () => {
  const { end } = await whole();
  const expected = steps.flatMap((step: StepName) => [`${step} begun`, `${step} done`]);
  expect(end.journal.map(({ step, outcome }) => `${step} ${outcome}`)).toEqual(expected);
  expect(end.stacks).toEqual(['PinataHost-pinata', 'PinataStatus-pinata']);
});
