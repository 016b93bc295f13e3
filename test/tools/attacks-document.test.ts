import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

/* docs/ATTACKS.md points into the code: what it points at is there, or the table is wrong. */

const root = resolve(import.meta.dirname, '../..');
const rows = readFileSync(join(root, 'docs/ATTACKS.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .filter(([, , attack]) => attack !== 'attack' && attack !== '---');

const text = (file: string): string => readFileSync(join(root, file), 'utf8');

describe('docs/ATTACKS.md', () => {
  it('has a row for each attack', () => {
    expect(rows.length).toBeGreaterThan(40);
    for (const row of rows) expect(row).toHaveLength(6);
  });

  it.each(
    rows.map(([, id = '', attack = '', stoppedBy = '', triedBy = '']) => [id, attack, stoppedBy, triedBy] as const),
  )('%s %s', (_, __, stoppedBy, triedBy) => {
    // `file` › `name`, `name`
    for (const [, file = '', names = ''] of stoppedBy.matchAll(/`([a-z0-9/.-]+\.ts)` › ((?:`[^`]+`(?:, )?)+)/g)) {
      for (const [, name = ''] of names.matchAll(/`([^`]+)`/g)) {
        const defined = new RegExp(`(?:const|function|class|interface|get|readonly)? ?${name.replace('#', '#?')}\\b`);
        expect(text(file), `${file} holds ${name}`).toMatch(defined);
      }
    }
    const tests = [...triedBy.matchAll(/`(test\/[^`]+)`/g)].map(([, file = '']) => file);
    expect(tests.length).toBeGreaterThan(0);
    for (const file of tests) expect(existsSync(join(root, file)), `${file} exists`).toBe(true);
  });
});
