import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { planSweep } from '../../infra/claim/sweep.ts';
import { commands } from '../../infra/commands.ts';
import { coin, locks, winner } from './wallets.ts';

/* docs/claim.md says what is so: its commands, its sizes. */

const text = readFileSync(resolve(import.meta.dirname, '../../docs/claim.md'), 'utf8');

describe('docs/claim.md', () => {
  test('names verbs and flags that exist', () => {
    const typed = [...text.matchAll(/^npx btc-pinata (\S+) (.*)$/gm)];
    expect(typed.length).toBeGreaterThanOrEqual(6);
    for (const [line, verb = '', rest = ''] of typed) {
      const usage = commands.get(verb)?.usage;
      expect(usage, line).toBeDefined();
      for (const [flag] of rest.matchAll(/--[a-z-]+/g)) expect(usage, line).toContain(`  ${flag} `);
    }
    const usages = ['claim', 'refund', 'refund-key', 'run'].map((verb) => commands.get(verb)?.usage ?? '').join('');
    const flags = [...text.matchAll(/`(--[a-z-]+)[ `]/g)].map(([, flag = '']) => flag);
    expect(flags.filter((flag) => flag !== '--refund-key' && !usages.includes(`  ${flag} `))).toEqual([]);
  });

  test('has the sizes that they are', () => {
    for (const [row, kind] of [
      ['classic', 'classic'],
      ['vault, by the key', 'vault'],
      ["vault, by the operator's leaf", 'refund'],
    ] as const) {
      const { vsize } = planSweep([coin(1, 90_000)], locks[kind](), winner, { feeRate: 1 });
      expect(text).toMatch(new RegExp(`^\\| ${row} \\| ${vsize} \\|$`, 'm'));
    }
  });

  test('has as many inputs as one transaction holds', () => {
    const [, classic, vault] = /holds about (\d+) inputs of a classic wallet and (\d+) of a vault/.exec(text) ?? [];
    const coins = Array.from({ length: 2000 }, (_, index) => coin(index + 1, 90_000));
    const most = (lock: keyof typeof locks) => planSweep(coins, locks[lock](), winner, { feeRate: 1 }).inputs.length;
    expect(Math.abs(most('classic') - Number(classic))).toBeLessThan(10);
    expect(Math.abs(most('vault') - Number(vault))).toBeLessThan(10);
  });
});
