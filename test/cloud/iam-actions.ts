import type { Call } from './gateway.ts';

/*
 * Which actions of IAM a call needs, by the Service Authorization Reference. Most are called as the operation is; those of S3
 * have names of their own, and S3, EBS and Route 53 say what is asked for by method and path alone.
 */

const rest: Readonly<Record<string, readonly (readonly [pattern: RegExp, actions: readonly string[]])[]>> = {
  s3: [
    [/^GET \/[^/?]+\/?\?(?:.*&)?versions(?:[&=]|$)/, ['s3:ListBucketVersions']],
    [/^GET \/[^/?]+\/?\?(?:.*&)?list-type=2/, ['s3:ListBucket']],
    // Of single versions: nothing else is deleted.
    [/^POST \/[^/?]+\/?\?(?:.*&)?delete(?:[&=]|$)/, ['s3:DeleteObject', 's3:DeleteObjectVersion']],
    [/^GET \/[^/?]+\/[^?]+/, ['s3:GetObject']],
    [/^PUT \/[^/?]+\/[^?]+/, ['s3:PutObject']],
  ],
  ebs: [
    [/^POST \/snapshots$/, ['ebs:StartSnapshot']],
    [/^PUT \/snapshots\/[^/]+\/blocks\/\d+/, ['ebs:PutSnapshotBlock']],
    [/^POST \/snapshots\/completion\/[^/]+/, ['ebs:CompleteSnapshot']],
  ],
  route53: [[/^GET \/2013-04-01\/hostedzone\/[^/?]+$/, ['route53:GetHostedZone']]],
};

/** Tags in a request that makes something need one more. */
const tags: readonly RegExp[] = [/(?:^|&)TagSpecification\.1\.Tag\.1\.Key=/, /"Tags":\[\{/];

/** Of a call that nobody here has a name for: what was asked, which is in no policy. */
export function actionsOf({ service, method, path, action, body }: Call): readonly string[] {
  if (action !== '') {
    const named = `${service}:${action}`;
    return service === 'ec2' && isTagged(body) ? [named, 'ec2:CreateTags'] : [named];
  }
  const [, actions] = rest[service]?.find(([pattern]) => pattern.test(`${method} ${path}`)) ?? [];
  if (actions === undefined) return [`${service}: ${method} ${path}`];
  return actions.includes('ebs:StartSnapshot') && isTagged(body) ? [...actions, 'ec2:CreateTags'] : actions;
}

const isTagged = (body: Buffer): boolean => {
  const text = body.subarray(0, 65_536).toString('latin1');
  return tags.some((tag) => tag.test(text));
};
