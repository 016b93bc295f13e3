import { Refusal } from '../claim/refusal.ts';
import type { Deployment } from './deployment.ts';
import { hostStack, type StepName, statusStack } from './plan.ts';
import type { Found } from './runner.ts';
import type { Tell, World } from './world.ts';

/** A stack is ours from the moment that cdk is asked for it: a run that was killed then finds its own, and no stranger's. */
export function begins(name: StepName, { name: own, provider, stacks }: Deployment): Found {
  if (name === 'host' && provider === 'ec2') return { stacks: withStack(stacks, hostStack(own)) };
  if (name === 'status' || name === 'watch') return { stacks: withStack(stacks, statusStack(own)) };
  return {};
}

/** One step of a plan: asks the world for it, and says what of the document is known by it. */
export async function perform(name: StepName, deployment: Deployment, world: World, tell: Tell): Promise<Found> {
  const { host, chosen, stacks } = deployment;
  switch (name) {
    case 'refund-key': {
      const refundKey = await world.refundKey(deployment);
      if (chosen.refundKey !== null && chosen.refundKey !== refundKey) {
        throw new Refusal(
          `the refund key of this deployment is ${chosen.refundKey}, and the file beside it is of ${refundKey}`,
        );
      }
      return { chosen: { ...chosen, refundKey } };
    }
    case 'bootstrap':
      await world.bootstrap(deployment, tell);
      return {};
    case 'snapshot':
      return { host: { ...host, snapshotId: await world.snapshot(deployment, tell) } };
    case 'image':
      return { host: { ...host, imageId: await world.image(deployment, known(host.snapshotId, 'snapshot')) } };
    case 'zone':
      return { host: { ...host, zone: await world.zone(deployment) } };
    case 'status':
    case 'watch': {
      const status = await world.deployStatus(deployment, tell);
      return { status, stacks: withStack(stacks, statusStack(deployment.name)) };
    }
    case 'release':
      await world.putRelease(deployment, known(deployment.status, 'status').bucket, tell);
      return {};
    case 'host': {
      const made = await world.deployHost(deployment, tell);
      return { host: { ...host, ...made }, stacks: withStack(stacks, hostStack(deployment.name)) };
    }
    case 'answer':
      await world.answers(deployment, tell);
      return {};
    case 'verify':
      return { wallet: await walletOf(deployment, world, tell) };
    case 'page':
      await world.pageShows(deployment, tell);
      return {};
    default:
      return name satisfies never;
  }
}

/** A wallet once known is the wallet: who shows another one later has lost the key, or is somebody else. */
async function walletOf(deployment: Deployment, world: World, tell: Tell): Promise<Deployment['wallet']> {
  const shown = await world.verify(deployment, tell);
  const { network, address, kind, refundHeight, refundKey } = shown;
  const { chosen, wallet } = deployment;
  if (network !== chosen.network)
    throw new Refusal(`the host has a wallet of ${network}, and ${chosen.network} was asked for`);
  // Whoever is told to fund it is told that this key takes the coins back from this block on.
  if (refundKey !== chosen.refundKey || refundHeight !== chosen.lockHeight) {
    const has = kind === 'classic' ? 'nobody' : `${refundKey ?? '?'} from block ${refundHeight ?? '?'} on`;
    throw new Refusal(
      `the coins of the wallet that the host shows can be taken back by ${has}, and ${chosen.refundKey ?? '?'} from block ${chosen.lockHeight} on was asked for: do not fund it`,
    );
  }
  if (wallet !== null && wallet.address !== address) {
    throw new Refusal(
      `the host shows the wallet ${address}, and this deployment has ${wallet.address}: do not fund it before you know why`,
    );
  }
  return { network: chosen.network, address, kind, refundHeight };
}

function known<Value>(value: Value | null, step: string): Value {
  if (value === null) throw new Error(`the plan has no step ${step} before this one`);
  return value;
}

const withStack = (stacks: readonly string[], name: string): string[] => [...new Set([...stacks, name])];
