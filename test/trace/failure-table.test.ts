import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AlertDescription, type AlertName, alertFor, type Fault, faultReasons } from '../../service/tls/index.ts';
import { failureDocument } from '../../service/trace/failure-document.ts';
import { failureChapters, failureKey, failureKeys, failureTable, reasonsOf } from '../../service/trace/index.ts';
import { ocaml2026, tls2015 } from '../../service/trace/ocaml-constructors.ts';

const kinds = ['misbehaved', 'incompatible', 'undecodable', 'untrusted', 'refused', 'internal'] as const;

/** A reason belongs to one kind: the one whose table has an alert for it. */
function faultOf(reason: string): Fault {
  const faults = kinds.map((kind) => ({ kind, reason, detail: '', certificate: 0 }) as Fault);
  const known = faults.filter((fault) =>
    fault.kind === 'internal' ? reason === 'internal_error' : alertFor(fault) !== undefined,
  );
  expect(known).toHaveLength(1);
  return known[0] as Fault;
}

describe('the table of categories', () => {
  test.each(faultReasons)('%s has a category', (reason) => {
    expect(failureKeys).toContain(failureKey(reason));
    expect(reasonsOf(failureKey(reason))).toContain(reason);
  });

  test('every reason of the engine is the sub-key of one category, and none is unknown to the engine', () => {
    const listed = failureKeys.flatMap(reasonsOf);
    expect(listed).toHaveLength(faultReasons.length);
    expect(new Set(listed)).toEqual(new Set(faultReasons));
  });

  test.each(failureKeys.filter((key) => reasonsOf(key).length > 0))(
    '%s names the alerts that the engine sends',
    (key) => {
      const sent = new Set(reasonsOf(key).map((reason) => alertFor(faultOf(reason))));
      expect(new Set(failureTable[key].alerts)).toEqual(sent);
    },
  );

  test('alerts are named where a fault of the engine decides, and nowhere else', () => {
    for (const key of failureKeys) {
      expect((failureTable[key].alerts ?? []).length > 0, key).toBe(reasonsOf(key).length > 0);
      for (const alert of failureTable[key].alerts ?? []) expect(AlertDescription).toHaveProperty<AlertName>(alert);
    }
  });

  test('each category stands in one chapter', () => {
    expect(failureChapters.flatMap(({ keys }) => keys)).toEqual(failureKeys);
    expect(new Set(failureKeys).size).toBe(failureKeys.length);
  });

  test('each says how to bring it about', () => {
    for (const key of failureKeys) {
      const { bytes, provoke, title } = failureTable[key];
      expect(bytes ?? provoke, key).toMatch(/./);
      expect(title, key).toMatch(/^[A-Z]/);
      expect(title, key).not.toMatch(/\.$/);
    }
  });

  test('the counts of the article are those of failures.md §3.4', () => {
    const shares = [
      'record.unknown_version',
      'record.not_tls',
      'heartbeat',
      'handshake.unexpected',
      'reneg.missing',
      'cipher.none',
      'version.ssl3',
    ] as const;
    const sum = shares.reduce((total, key) => total + (failureTable[key].article?.count ?? Number.NaN), 0);
    expect(sum).toBe(5_250);
  });
});

describe('the constructors of the original', () => {
  test.each([...Object.entries(tls2015), ...Object.entries(ocaml2026)])('%s has a counterpart', (_name, here) => {
    if (typeof here === 'string') expect(failureKeys).toContain(here);
    else expect(here.cannot.length).toBeGreaterThan(10);
  });
});

describe('docs/failures.md', () => {
  const path = join(import.meta.dirname, '../../docs/failures.md');
  if (process.env['PINATA_UPDATE'] === '1') writeFileSync(path, failureDocument());

  test('is what the table says (PINATA_UPDATE=1 writes it)', () => {
    expect(existsSync(path) ? readFileSync(path, 'utf8') : '').toBe(failureDocument());
  });

  test('has as many columns in each row as in its head', () => {
    let columns = 0;
    for (const line of failureDocument().split('\n')) {
      const cells = line.startsWith('|') ? line.split(/(?<!\\)\|/).length : 0;
      if (cells > 0 && columns > 0) expect(cells, line).toBe(columns);
      columns = cells;
    }
  });
});
