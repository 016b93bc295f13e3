import type { EngineEvent } from '@pulumi/pulumi/automation/events.js';

/** What a person who waits is told. */
export type VpsEvent =
  | {
      readonly kind: 'step';
      readonly operation: Operation;
      /** `server-1f2e3d4c`, `address`, `volume`. */
      readonly resource: string;
      readonly state: 'begun' | 'done' | 'failed';
    }
  | { readonly kind: 'note'; readonly text: string };

export type Operation = 'create' | 'update' | 'replace' | 'delete';

/** The engine's own words (OpType), as far as something is changed at the cloud. */
const operations: Readonly<Record<string, Operation>> = {
  create: 'create',
  'create-replacement': 'replace',
  update: 'update',
  delete: 'delete',
  'delete-replaced': 'delete',
};

export interface Step {
  readonly operation: Operation;
  readonly resource: string;
}

/** Undefined where nothing is done at the cloud: a component, a provider, the stack, or what stays as it is. */
export function stepOf(metadata: { op: string; urn: string; type: string }): Step | undefined {
  const operation = operations[metadata.op];
  if (operation === undefined || metadata.type.startsWith('pulumi:') || metadata.type.startsWith('btc-pinata:')) {
    return undefined;
  }
  return { operation, resource: metadata.urn.slice(metadata.urn.lastIndexOf('::') + 2) };
}

export function vpsEventOf(event: EngineEvent): VpsEvent | undefined {
  const { resourcePreEvent: begun, resOutputsEvent: done, resOpFailedEvent: failed } = event;
  const metadata = (begun ?? done ?? failed)?.metadata;
  const step = metadata === undefined ? undefined : stepOf(metadata);
  if (step === undefined) return undefined;
  return { kind: 'step', ...step, state: begun !== undefined ? 'begun' : done !== undefined ? 'done' : 'failed' };
}

/** What the engine and its plugins said was wrong. Colours are the engine's own marks, `<{%fg 1%}>`. */
export function errorOf({ diagnosticEvent: said }: EngineEvent): string | undefined {
  return said?.severity === 'error' ? said.message.replaceAll(/<\{%.*?%\}>/g, '').trim() : undefined;
}
