import { expect, test } from 'vitest';
import { eventOf, reasonOf } from '../../infra/deploy/cdk.ts';
import { sentenceOf } from '../../infra/deploy/failures.ts';

/* The names are those of the SDK's own errors and of Node's; what is said of each is what a person reads. */

const named = (name: string, message = '') => Object.assign(new Error(message), { name });
const coded = (code: string) => Object.assign(new Error(code), { code });

test.each([
  [named('InvalidClientTokenId'), /^AWS does not know these credentials/],
  [named('ExpiredTokenException'), /^the credentials of AWS have expired/],
  [named('CredentialsProviderError'), /^there are no credentials of AWS here/],
  [
    named('AccessDenied', 'x is not authorized to perform: sts:AssumeRole on y'),
    /^AWS does not allow sts:AssumeRole with/,
  ],
  [named('UnauthorizedOperation', 'You are not'), /^AWS does not allow what is needed: `btc-pinata doctor --policy`/],
  [named('ThrottlingException'), /^AWS asked us to slow down \(ThrottlingException\)/],
  [named('RequestLimitExceeded'), /^AWS asked us to slow down/],
  [named('InvalidAMIName.Duplicate'), /^a name that is needed is taken/],
  [named('VcpuLimitExceeded'), /^a quota of your account is used up/],
  [coded('ENOSPC'), /^the disk is full: nothing that was written before is lost/],
  [coded('ENOTFOUND'), /^there is no way through to the cloud \(ENOTFOUND\)/],
  [
    new Error('fetch failed', { cause: new AggregateError([coded('ENETUNREACH')]) }),
    /^there is no way through .*ENETUNREACH/,
  ],
])('%s', (error, sentence) => {
  expect(sentenceOf(error)).toMatch(sentence);
  expect(sentenceOf(error)).not.toContain('\n');
});

test('what nobody foresaw has no sentence', () => {
  expect(sentenceOf(new Error('undefined is not a function'))).toBeUndefined();
  expect(sentenceOf('thrown by somebody')).toBeUndefined();
});

test('a line of cdk, in fewer words', () => {
  const line = 'PinataHost-x |  3/12 | 10:00:00 AM | CREATE_COMPLETE      | AWS::EC2::EIP | Address (Address123)';
  expect(eventOf(line)).toBe('3/12 EC2 EIP create complete');
  expect(eventOf('✨  Synthesis time: 6.1s')).toBeUndefined();
});

test('why cdk failed is the line that CloudFormation marked, not the last one', () => {
  const tail = [
    'PinataHost-x | 4/12 | 10:00:00 AM | CREATE_FAILED        | AWS::EC2::Instance | Host (Host) You have requested more vCPU capacity',
    'PinataHost-x | 5/12 | 10:00:01 AM | ROLLBACK_IN_PROGRESS | AWS::CloudFormation::Stack | PinataHost-x',
    '❌  PinataHost-x failed: ToolkitError',
    '',
  ];
  expect(reasonOf(tail)).toContain('You have requested more vCPU capacity');
  expect(reasonOf(['', ''])).toBe('it said nothing');
});
