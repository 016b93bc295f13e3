import { locked } from '../../infra/deploy/lock.ts';
import { begins, perform } from '../../infra/deploy/perform.ts';
import { planOf } from '../../infra/deploy/plan.ts';
import { runPlan } from '../../infra/deploy/runner.ts';
import { readDeployment, writeDeployment } from '../../infra/deploy/state-file.ts';
import { FakeCloud, worldOf } from './fake-cloud.ts';
import { drafted, onVps } from './scene.ts';

/*
 * A run as a process of its own, which kills itself: `FOLDER STEP before|after ec2|vps`. `before` is once the journal says that
 * the step was begun, `after` once the cloud has done it and nobody has written that down.
 */

const [folder = '', step = '', when = '', where = ''] = process.argv.slice(2);
const cloud = new FakeCloud(folder);
const world = worldOf(cloud, folder);
const kill = (): never => {
  process.kill(process.pid, 'SIGKILL');
  for (;;);
};

await locked(folder, async () => {
  const start = readDeployment(folder) ?? drafted(where === 'vps' ? onVps : {});
  writeDeployment(folder, start);
  await runPlan(
    start,
    planOf(start, folder),
    {
      begins,
      perform: async (name, deployment) => {
        if (name === step && when === 'before') kill();
        const found = await perform(name, deployment, world, () => undefined);
        if (name === step && when === 'after') kill();
        return found;
      },
      save: (deployment) => writeDeployment(folder, deployment),
      begin: () => undefined,
      end: () => undefined,
      now: () => 1_800_000_000,
      signal: new AbortController().signal,
    },
    { during: (name) => `deploying:${name}`, after: 'live' },
  );
});
