import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { threatsOf } from '../../service/tools/attack-defences.ts';

/* docs/ATTACKS.md points into the code: what it points at is there, or the table is wrong. */

const root = resolve(import.meta.dirname, '../..');
const lines = readFileSync(join(root, 'docs/ATTACKS.md'), 'utf8').split('\n');
const rows = lines
  .filter((line) => line.startsWith('|'))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .filter(([, , attack]) => attack !== 'attack' && attack !== '---');

/** Every attack that was thought of beforehand, by the letter of its kind: S1 to S14, and so on. */
const kinds = { S: 14, X: 9, G: 10, C: 17, J: 15, R: 5, K: 3, W: 6, I: 4, V: 6 } as const;
const threats = Object.entries(kinds).flatMap(([letter, last]) => threatsOf(`${letter}1-${letter}${last}`));

const text = (file: string): string => readFileSync(join(root, file), 'utf8');

describe('docs/ATTACKS.md', () => {
  it('has a row for each attack, or says in the last chapter that nothing answers it yet', () => {
    for (const row of rows) expect(row).toHaveLength(6);
    const answered = rows.flatMap(([, id = '']) => threatsOf(id));
    const chapter = lines.slice(lines.indexOf('## Without an answer so far') + 1);
    const open = chapter.flatMap((line) => threatsOf(/^- ([^:]+):/.exec(line)?.[1] ?? ''));
    expect(new Set([...answered, ...open])).toEqual(new Set(threats));
    expect(answered.length + open.length, 'each once').toBe(threats.length);
    expect(open).toEqual([]);
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
