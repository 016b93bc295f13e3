import { Refusal } from '../claim/refusal.ts';

/*
 * What a cloud, a disk or a network said, as one sentence for whoever ran the command: what happened, and what to do. By the
 * name that the error has in the service's own model, never by its message alone.
 */

export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** Undefined: nothing that is known, so a defect of ours or something new. */
export function sentenceOf(error: unknown): string | undefined {
  for (const one of chainOf(error)) {
    const said = known(one);
    if (said !== undefined) return said;
  }
  return undefined;
}

const unknownThere =
  /^(InvalidClientTokenId|UnrecognizedClientException|AuthFailure|OptInRequired|RegionDisabled(Exception)?)$/;

/**
 * Of a region, for credentials that another one has just taken: one that is not enabled says that it does not know them, and one
 * that there is not has no address. Undefined: it is not about the region.
 */
export function regionSentenceOf(error: unknown, region: string): string | undefined {
  for (const one of chainOf(error)) {
    if (unknownThere.test(one.name)) {
      return `${region} does not take these credentials, which are good elsewhere: enable that region in your account, or take another one with --region; tokens of STS that are not for all regions are refused there too`;
    }
    if ('code' in one && one.code === 'ENOTFOUND') {
      return `${region} has no address: AWS has no region of this name, or the network does not lead there; take another one with --region`;
    }
  }
  return undefined;
}

/** An error and what caused it: an SDK wraps what the network said, and a promise of many what each of them said. */
function* chainOf(error: unknown): Generator<Error> {
  if (!(error instanceof Error)) return;
  yield error;
  if (error instanceof AggregateError) for (const one of error.errors) yield* chainOf(one);
  yield* chainOf(error.cause);
}

function known(error: Error): string | undefined {
  if (error instanceof Refusal || error instanceof Interrupted) return error.message;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  for (const { names, say } of table) if (names.test(error.name) || names.test(code)) return say(error);
  return undefined;
}

interface Row {
  readonly names: RegExp;
  readonly say: (error: Error) => string;
}

const table: readonly Row[] = [
  {
    names: /^(CredentialsProviderError|ProviderError)$/,
    say: () =>
      'there are no credentials of AWS here: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run `aws sso login`',
  },
  {
    names: /^(ExpiredToken(Exception)?|RequestExpired|TokenRefreshRequired)$/,
    say: () => 'the credentials of AWS have expired: log in again (`aws sso login`), and run this again to go on',
  },
  {
    names:
      /^(InvalidClientTokenId|UnrecognizedClientException|SignatureDoesNotMatch|AuthFailure|InvalidAccessKeyId|IncompleteSignature)$/,
    say: () => 'AWS does not know these credentials: look at AWS_PROFILE, or AWS_ACCESS_KEY_ID and its secret',
  },
  {
    names: /^(AccessDenied(Exception)?|UnauthorizedOperation|Forbidden|AuthorizationError(Exception)?)$/,
    say: (error) => `${deniedAction(error.message)}: \`btc-pinata doctor --policy\` prints what has to be allowed`,
  },
  {
    names: /^(OptInRequired|InvalidRegion|UnknownEndpoint)$/,
    say: () =>
      'this region is not enabled in your account: enable it in the console, or take another one with --region',
  },
  {
    names:
      /^(Throttl\w*|RequestLimitExceeded|TooManyRequests(Exception)?|SlowDown|RequestThrottled(Exception)?|ConcurrentLimitExceeded(Exception)?|BandwidthLimitExceeded|LimitExceeded(Exception)?)$/,
    say: (error) =>
      `AWS asked us to slow down (${error.name}), and went on asking: run this again in some minutes to go on`,
  },
  {
    names:
      /^(ServiceQuotaExceeded(Exception)?|VcpuLimitExceeded|InstanceLimitExceeded|AddressLimitExceeded|SnapshotLimitExceeded)$/,
    say: (error) =>
      `a quota of your account is used up (${error.name}): ask for more in Service Quotas, or free some, and run this again`,
  },
  {
    names: /^(InvalidAMIName\.Duplicate|AlreadyExists(Exception)?|BucketAlreadyExists|BucketAlreadyOwnedByYou)$/,
    say: (error) => `a name that is needed is taken (${error.name}): take another with --name`,
  },
  {
    names: /^(ENOSPC|EDQUOT)$/,
    say: () => 'the disk is full: nothing that was written before is lost; make room, and run this again to go on',
  },
  {
    names: /^(EACCES|EPERM|EROFS)$/,
    say: (error) => `a file cannot be written (${error.message}): look at who owns it`,
  },
  {
    names:
      /^(ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EPIPE|TimeoutError|UND_ERR_\w+)$/,
    say: (error) =>
      `there is no way through to the cloud (${wordOf(error)}): look at the network, and run this again to go on`,
  },
  {
    names: /^(InternalError|InternalFailure|InternalServer\w*|ServiceUnavailable|Unavailable|InternalServerException)$/,
    say: (error) => `AWS has a fault of its own (${error.name}): run this again in some minutes to go on`,
  },
];

/** `... is not authorized to perform: ec2:RegisterImage on resource ...`; EC2 says it with no name where it hides why. */
function deniedAction(message: string): string {
  const [, action] = /not authorized to perform:? ([a-z0-9-]+:[A-Za-z0-9]+)/i.exec(message) ?? [];
  return action === undefined
    ? 'AWS does not allow what is needed'
    : `AWS does not allow ${action} with these credentials`;
}

const wordOf = (error: Error): string => ('code' in error && typeof error.code === 'string' ? error.code : error.name);
