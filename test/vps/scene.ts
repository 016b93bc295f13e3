import { afterEach, beforeEach, expect } from 'vitest';
import type { VpsInputs } from '../../infra/vps/inputs.ts';
import type { Case, Opened } from './clouds.ts';
import { place } from './place.ts';

export interface Scene {
  readonly opened: Opened;
  readonly here: ReturnType<typeof place>;
  readonly inputs: VpsInputs;
}

/** A cloud with nothing in it and a folder without a state, for each test of the block that this is called in. */
export function setEachTime({ open, inputs }: Pick<Case, 'open' | 'inputs'>, enter: (scene: Scene) => void): void {
  let scene: Scene;
  beforeEach(async () => {
    const opened = await open();
    scene = { opened, here: place(), inputs: inputs(opened.cloud.endpoint) };
    enter(scene);
  });
  afterEach(async () => {
    await scene.opened.cloud.close();
    scene.here.remove();
    // Whatever the plugin asked for, the stand-in had an answer to.
    expect(scene.opened.cloud.faulty).toEqual([]);
  });
}
