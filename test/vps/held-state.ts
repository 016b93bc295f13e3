import type { Stack } from '@pulumi/pulumi/automation/index.js';
import { type EngineState, readState, type StateHolder, type StateResource } from '../../infra/vps/state.ts';

/** A state as the engine has it, without the engine. */
export function holding(state: EngineState): StateHolder {
  let deployment: Awaited<ReturnType<Stack['exportStack']>> = { version: 3, deployment: state };
  return {
    exportStack: async () => structuredClone(deployment),
    importStack: async (given) => {
      deployment = structuredClone(given);
    },
  };
}

export const urnOf = (type: string, name: string): string =>
  `urn:pulumi:demo::btc-pinata::btc-pinata:vps:Host$${type}::${name}`;

export const resource = (type: string, name: string, more: Partial<StateResource> = {}): StateResource => ({
  urn: urnOf(type, name),
  type,
  ...more,
});

export const names = async (stack: StateHolder): Promise<readonly string[] | undefined> =>
  (await readState(stack)).resources?.map(({ urn }) => urn.slice(urn.lastIndexOf(':') + 1));
