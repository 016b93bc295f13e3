import { CloudFormationClient, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import type { ClientSettings } from './emulated-cloud.ts';
import type { Resource } from './witnesses.ts';

/** What CloudFormation says that a stack has. */
export async function resourcesOf(settings: ClientSettings, StackName: string): Promise<readonly Resource[]> {
  const client = new CloudFormationClient(settings);
  const { StackResourceSummaries = [] } = await client.send(new ListStackResourcesCommand({ StackName }));
  return StackResourceSummaries.map(({ ResourceType = '', LogicalResourceId = '', PhysicalResourceId = '' }) => ({
    type: ResourceType,
    logicalId: LogicalResourceId,
    physicalId: PhysicalResourceId,
  }));
}
