import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { costOf, costText, sourcesText, sumOf } from '../../infra/deploy/cost.ts';
import { costCommand } from '../../infra/deploy/doctor-command.ts';
import { monthlyCost } from '../../infra/stacks/cost.ts';
import { lookUp, pollsAt, prices, usualUsage } from '../../infra/stacks/prices.ts';
import { scene } from '../deploy/scene.ts';
import { templateSchema } from './synthesised.ts';

/* One table of prices: templates, plan, command and docs say the same. */

const docs = (name: string): string => readFileSync(join(import.meta.dirname, '../../docs', name), 'utf8');
const template = (name: string) =>
  v.parse(templateSchema, JSON.parse(readFileSync(join(import.meta.dirname, `${name}.json`), 'utf8')));
const linesOf = (name: string) => monthlyCost(template(name));
const sum = (name: string) => linesOf(name).reduce((total, { amount }) => total + amount, 0);
const usual = { provider: 'ec2', serverType: 't3.micro', region: 'us-east-1', pageDomain: false } as const;

test('the plan says what the resources of the templates cost', () => {
  const snapshot = 0.04 * prices.snapshot.amount;
  expect(sumOf(costOf({ ...usual, statusPage: false }), 'USD')).toBeCloseTo(sum('host') + snapshot, 9);
  expect(sumOf(costOf({ ...usual, statusPage: true }), 'USD')).toBeCloseTo(sum('host') + snapshot + sum('status'), 9);
});

test('btc-pinata cost says what the plan says, and where each figure is from', async () => {
  const made = scene();
  expect(await costCommand(['--folder', made.folder, '--region', 'us-east-1'], made.around)).toBe(0);
  const lines = costOf({ ...usual, statusPage: true });
  expect(made.out()).toBe(`${costText(lines)}\n\n${sourcesText(lines)}\n`);
  expect(costText(lines)).toContain(lookUp);
  expect(sourcesText(lines)).toContain('  S3 write (PUT): 0.000005 USD each; remembered, 2025-12\n');
});

describe('the docs', () => {
  test('have every price with its source and date, and that it must be looked up', () => {
    const rows = Object.entries(prices).map(
      ([name, { amount, currency, unit, source, asOf }]) =>
        `| ${name} | ${Number(amount.toFixed(10)).toLocaleString('en', { maximumFractionDigits: 10 })} ${currency} ${unit} | ${source ?? 'remembered'} | ${asOf} |`,
    );
    expect(rows.filter((row) => !docs('aws.md').includes(row))).toEqual([]);
    expect(docs('aws.md')).toContain(`${lookUp}.`);
  });

  test('have what the templates cost', () => {
    const rows = ['host', 'status', 'status-of-a-domain'].map((name) => `| ${sum(name).toFixed(2)} USD |`);
    expect(rows.filter((row) => !docs('aws.md').includes(row))).toEqual([]);
  });

  test('of the poller have the calls and amounts of the same table', () => {
    const { writes, reads, pollSeconds } = usualUsage;
    const polls = pollsAt(1);
    const calls = (count: number, name: 'S3 write (PUT)' | 'S3 read (GET, LIST)') =>
      `| ${count} | ${spaced(polls * count)} | $${(polls * count * prices[name].amount).toFixed(2)} |`;
    const seconds = polls * pollSeconds * 0.5;
    const wanted = [
      `${spaced(polls)} runs`,
      calls(writes, 'S3 write (PUT)'),
      calls(reads, 'S3 read (GET, LIST)'),
      `| 1 | ${spaced(seconds)} GB-s | $${(seconds * prices['Lambda, arm64'].amount).toFixed(2)} |`,
      `| 1 | ${spaced(polls)} | $${(polls * prices['call of Lambda'].amount).toFixed(2)} |`,
    ];
    expect(wanted.filter((text) => !docs('poller.md').includes(text))).toEqual([]);
    expect(readFileSync(join(import.meta.dirname, '../status/poller-lambda.test.ts'), 'utf8')).toMatch(
      new RegExp(`puts\\.length\\)\\.toBeLessThanOrEqual\\(${writes}\\)[^]*toBeLessThanOrEqual\\(${reads}\\)`),
    );
  });
});

const spaced = (count: number): string => count.toLocaleString('en').replaceAll(',', ' ');

test('a resource without a price is an error, and so is a machine', () => {
  const refused =
    (Type: string, Properties = {}) =>
    () =>
      monthlyCost({ Resources: { X: { Type, Properties } } });
  expect(refused('AWS::EC2::NatGateway')).toThrow('AWS::EC2::NatGateway (X) has no price');
  expect(refused('AWS::EC2::Instance', { InstanceType: 'p5.48xlarge' })).toThrow('"p5.48xlarge": no price');
});
