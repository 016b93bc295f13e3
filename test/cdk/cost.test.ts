import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { monthlyCost } from '../../infra/stacks/cost.ts';
import { templateSchema } from './synthesised.ts';

const template = (name: string) =>
  v.parse(templateSchema, JSON.parse(readFileSync(join(import.meta.dirname, `${name}.json`), 'utf8')));
const sum = (name: string) => monthlyCost(template(name)).reduce((total, { amount }) => total + amount, 0);

test('the host and the page cost what the table of docs/aws.md says', () => {
  const table = readFileSync(join(import.meta.dirname, '../../docs/aws.md'), 'utf8');
  const written = ['host', 'status', 'status-of-a-domain'].map((name) => `${sum(name).toFixed(2)} USD`);
  expect(written.filter((text) => !table.includes(text))).toEqual([]);
  expect(sum('host')).toBeGreaterThan(11);
  expect(sum('host')).toBeLessThan(12);
});

test('a resource without a price is an error, and so is a machine', () => {
  const refused =
    (Type: string, Properties = {}) =>
    () =>
      monthlyCost({ Resources: { X: { Type, Properties } } });
  expect(refused('AWS::EC2::NatGateway')).toThrow('AWS::EC2::NatGateway (X) has no price');
  expect(refused('AWS::EC2::Instance', { InstanceType: 'p5.48xlarge' })).toThrow('"p5.48xlarge": no price here');
});
