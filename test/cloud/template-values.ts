import type { ResourceType as Taggable, TagSpecification } from '@aws-sdk/client-ec2';
import * as v from 'valibot';

/** CloudFormation takes a number or a truth as itself or as a string. */
export const flag = v.union([
  v.boolean(),
  v.pipe(
    v.picklist(['true', 'false']),
    v.transform((text) => text === 'true'),
  ),
]);
export const number = v.union([v.number(), v.pipe(v.string(), v.regex(/^\d+$/), v.transform(Number))]);

export const tags = v.optional(v.array(v.object({ Key: v.string(), Value: v.string() })), []);

export const tagged = (ResourceType: Taggable, Tags: v.InferOutput<typeof tags>): TagSpecification[] =>
  Tags.length === 0 ? [] : [{ ResourceType, Tags }];
