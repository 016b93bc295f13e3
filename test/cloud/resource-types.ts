import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import * as v from 'valibot';
import { budgetTypes } from './budget-type.ts';
import { domainTypes } from './domain-types.ts';
import { instanceTypes } from './ec2-instance-types.ts';
import { networkTypes } from './ec2-network-types.ts';
import type { ClientSettings } from './emulated-cloud.ts';
import type { Made, ResourceType } from './resource-type.ts';
import type { Provisioned } from './service-models.ts';

/*
 * The types of CloudFormation that ministack leaves to us (ministack-with-types.py): those of EC2, because moto has the better
 * EC2, budgets, and what a domain of one's own takes. Each makes its resource through the SDK, so that the service's model is what decides on a request; a
 * property that a type does not know is an error, as a type is that nobody has.
 */

export const resourceTypes: Readonly<Record<string, ResourceType>> = {
  ...networkTypes,
  ...instanceTypes,
  ...budgetTypes,
  ...domainTypes,
};

const asked = v.object({
  action: v.picklist(['create', 'update', 'delete']),
  type: v.string(),
  region: v.string(),
  account: v.string(),
  stack: v.optional(v.string(), ''),
  logicalId: v.optional(v.string(), ''),
  physicalId: v.optional(v.string(), ''),
  properties: v.record(v.string(), v.unknown()),
});

export interface ResourceTypes {
  readonly url: string;
  readonly names: readonly string[];
  /** What was asked of them, and what they said. */
  readonly seen: readonly Provisioned[];
  close(): Promise<void>;
}

export async function startResourceTypes(settings: ClientSettings): Promise<ResourceTypes> {
  const seen: Provisioned[] = [];
  const server = createServer((request, response) => {
    text(request)
      .then((body) => noted(settings, v.parse(asked, JSON.parse(body)), seen))
      .catch((error: unknown) => ({
        error: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
      }))
      .then((said) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(said)))
      .catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    seen,
    names: Object.keys(resourceTypes),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** One that it refuses is not noted: it is not what CloudFormation would take. */
async function noted(
  settings: ClientSettings,
  request: v.InferOutput<typeof asked>,
  seen: Provisioned[],
): Promise<Made> {
  const made = await answer(settings, request);
  const { action, type, properties } = request;
  seen.push({ action, type, properties, made });
  return made;
}

async function answer(given: ClientSettings, request: v.InferOutput<typeof asked>): Promise<Made> {
  const { action, type, region, physicalId, properties, ...subject } = request;
  const settings = { ...given, region };
  const kind = resourceTypes[type];
  if (kind === undefined) throw new Error(`${type} has no stand-in`);
  switch (action) {
    case 'create':
      return await kind.create(settings, properties, subject);
    case 'update': {
      const updated = await kind.update?.(settings, physicalId, properties, subject);
      return updated === undefined || updated === 'replace'
        ? await kind.create(settings, properties, subject)
        : updated;
    }
    case 'delete':
      await kind.delete(settings, physicalId, properties, subject);
      return { physicalId, attributes: {} };
    default:
      return action satisfies never;
  }
}
