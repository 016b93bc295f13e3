import * as v from 'valibot';
import { expect, test } from 'vitest';
import { cdkConfig } from '../../infra/deploy/cdk-config.ts';
import { costOf, costText } from '../../infra/deploy/cost.ts';
import type { Deployment } from '../../infra/deploy/deployment.ts';
import { draft } from '../../infra/deploy/draft.ts';
import { planOf, planText } from '../../infra/deploy/plan.ts';
import { stackConfigSchema } from '../../infra/stacks/config.ts';
import { prices } from '../../infra/stacks/prices.ts';
import { vpsInputsSchema } from '../../infra/vps/inputs.ts';
import { drafted, refundKey, release, wish } from './scene.ts';

/* What is shown before anything is touched, as a person reads it. */

test('the plan of a measured host with its page', () => {
  expect(planText(planOf(drafted(), 'deployments/pinata'))).toBe(
    `
   1  refund-key make your refund key in deployments/pinata/refund-key.wif: the only one that can take the coins back, from block 1000 on
   2  bootstrap  see that CDK is bootstrapped in eu-west-1 and us-east-1
   3  snapshot   upload btc-pinata.efi 333333333333... as a snapshot of EBS in eu-west-1
   4  image      register it as an image of EC2: UEFI, TPM 2.0, ENA
   5  zone       choose a zone of eu-west-1 that has t3.micro
   6  host       deploy the host: stack PinataHost-pinata, one t3.micro with NitroTPM in eu-west-1, an address of its own
   7  answer     wait until it answers
   8  verify     verify it as a stranger would: key, program, machine
   9  status     deploy the status page: stack PinataStatus-pinata in us-east-1
  10  release    put release 0.1.0 111111111111... into its bucket
  11  page       wait until the page shows it`.slice(1),
  );
});

test('a VPS has its page first, because that hands out the release, and the page learns of the host at the end', () => {
  const plan = planOf(drafted({ host: 'hetzner', region: 'fsn1', refundKey }), 'deployments/pinata');
  expect(planText(plan)).toBe(
    `
   1  refund-key use your refund key 79be667ef9dcbbac..., from block 1000 on
   2  bootstrap  see that CDK is bootstrapped in us-east-1
   3  status     deploy the status page: stack PinataStatus-pinata in us-east-1
   4  release    put release 0.1.0 111111111111... into its bucket
   5  host       deploy the host: hetzner cx23 in fsn1, with an address and a volume that outlive it
   6  answer     wait until it answers
   7  verify     verify it as a stranger would: key, program, machine
   8  watch      have the status page watch this host and its wallet
   9  page       wait until the page shows it`.slice(1),
  );
});

test('a zone that was said, or of a host that is there, is not chosen', () => {
  const zones = (deployment: Deployment) => planOf(deployment, 'd').filter(({ name }) => name === 'zone');
  expect(zones(drafted())).toHaveLength(1);
  const said = drafted({ zone: 'eu-west-1c' });
  expect(zones(said)).toEqual([]);
  expect(planText(planOf(said, 'd'))).toContain('one t3.micro with NitroTPM in eu-west-1c, an address');
  // One of before there were zones: another zone would be another machine, with another key.
  expect(zones({ ...drafted(), host: { ...drafted().host, address: '192.0.2.7' } })).toEqual([]);
});

test('a host stays in its zone; one that is not there yet may go to another', () => {
  const begun = drafted({ zone: 'eu-west-1a' });
  const again = (existing: Deployment) =>
    draft({ wish: { ...wish, zone: 'eu-west-1b' }, release, account: '123456789012', existing }).host.zone;
  expect(again(begun)).toBe('eu-west-1b');
  expect(() => again({ ...begun, host: { ...begun.host, address: '192.0.2.7' } })).toThrow(
    '--zone of pinata is eu-west-1a and stays so',
  );
});

test('a domain of the page comes with its zone, and both are told to CDK', () => {
  const pageDomain = 'status.example.org';
  expect(() => drafted({ pageDomain })).toThrow('--page-domain status.example.org needs --hosted-zone');
  const whole = drafted({ pageDomain, hostedZone: 'Z0123456789ABCDEFGHIJ', zone: 'eu-west-1c' });
  const config = v.parse(stackConfigSchema, cdkConfig(whole, true));
  expect(config).toMatchObject({ pageDomain, hostedZone: 'Z0123456789ABCDEFGHIJ', zone: 'eu-west-1c' });
});

test('without a page nothing of a VPS is on AWS', () => {
  const plan = planOf(drafted({ host: 'digitalocean', region: 'fra1', statusPage: false }), 'd');
  expect(plan.map(({ name }) => name)).toEqual(['refund-key', 'host', 'answer', 'verify']);
});

test('what it costs is a sum of what is named', () => {
  const lines = costOf({
    provider: 'hetzner',
    serverType: 'cx23',
    region: 'fsn1',
    statusPage: false,
    pageDomain: false,
  });
  expect(costText(lines)).toBe(
    `
  Hetzner cx23, with IPv4    4.11 EUR
  volume of 10 GB            0.53 EUR
  about 4.64 EUR a month; without tax, traffic and free tiers
  No price list can be asked from here: these were remembered, or read where somebody wrote them down. Look them up before you rely on them.`.slice(
      1,
    ),
  );
});

test.each(['hetzner', 'digitalocean'] as const)('the volume at %s is reckoned as large as it is made', (provider) => {
  const made = v.parse(vpsInputsSchema, { provider, name: 'pinata', region: 'x', serverType: 'y', userData: '#' });
  const where = { provider, serverType: 'y', region: 'x', statusPage: false, pageDomain: false };
  const volume = costOf(where).find(({ what }) => what === `volume of ${made.volumeGigabytes} GB`);
  const price = prices[provider === 'hetzner' ? 'volume at Hetzner' : 'volume at DigitalOcean'].amount;
  expect(volume?.amount).toBe(made.volumeGigabytes * price);
});

test('a price that nobody looked up is not guessed', () => {
  const lines = costOf({
    provider: 'ec2',
    serverType: 'u7i.huge',
    region: 'eu-west-1',
    statusPage: false,
    pageDomain: false,
  });
  expect(costText(lines)).toMatch(/EC2 u7i.huge in eu-west-1 +\? USD/);
  expect(costText(lines)).toContain('a month, and what is not in our table');
});

test.each([
  [{ network: 'mainnet' }, '--network of pinata is regtest and stays so; for mainnet make another deployment'],
  [{ host: 'hetzner' }, '--host of pinata is ec2 and stays so'],
  [{ refundHeight: 2000 }, '--refund-height of pinata is 1000 and stays so'],
  [{ statusPage: false }, 'the status page of pinata is true and stays so'],
] as const)('a deployment that exists does not become another one: %j', (more, sentence) => {
  const existing = drafted();
  expect(() => draft({ wish: { ...wish, ...more }, release, account: '123456789012', existing })).toThrow(sentence);
});

test('what may change of it changes', () => {
  const existing = drafted();
  const next = draft({ wish: { name: 'pinata', email: 'a@b.example' }, release, account: '123456789012', existing });
  expect(next).toEqual({ ...existing, chosen: { ...existing.chosen, email: 'a@b.example' } });
});

test('credentials of another account touch nothing', () => {
  const attempt = () => draft({ wish, release, account: '210987654321', existing: drafted() });
  expect(attempt).toThrow('pinata is in the AWS account 123456789012, and these credentials are of 210987654321');
});

test('another release of a host that runs is an upgrade', () => {
  const existing = { ...drafted(), host: { ...drafted().host, address: '192.0.2.7' } };
  const attempt = () =>
    draft({ wish, release: { ...release, sha256: '99'.repeat(32) }, account: '123456789012', existing });
  expect(attempt).toThrow('`btc-pinata upgrade` is for that');
});
