import { createHash } from 'node:crypto';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { IncidentLog, readIncidents } from '../../service/host/incident-log.ts';

const line = (date: string, title = 'A title', text = 'What happened.'): string =>
  JSON.stringify({ date, title, text });
const read = (text: string) => readIncidents(Buffer.from(text));

describe('a line', () => {
  it.each([
    'nonsense',
    '{}',
    '[]',
    'null',
    '"2026-11-21"',
    line('21.11.2026'),
    line('2026-13-01'),
    line('2026-11-21', ''),
    line('2026-11-21', 'x'.repeat(201)),
    JSON.stringify({ date: '2026-11-21', title: 'a', text: 'b', more: 1 }),
    '{"date":"2026-11-21","title":"a","text":',
  ])('%j is none, is counted, and stops nothing', (text) => {
    const { incidents, unreadable } = read(`${line('2026-11-20')}\n${text}\n${line('2026-11-22')}\n`);
    expect(incidents.map(({ date }) => date)).toEqual(['2026-11-20', '2026-11-22']);
    expect(unreadable).toBe(1);
  });

  it('whatever the file holds, it is read', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const { incidents, unreadable } = readIncidents(bytes);
        expect(incidents.length + unreadable).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

it('its digest is over all lines up to it, those that are none too', () => {
  const lines = [line('2026-11-20'), 'nonsense', line('2026-11-22')];
  let digest = Buffer.alloc(32);
  for (const text of lines) digest = createHash('sha256').update(digest).update(text).digest();
  expect(read(lines.join('\n')).incidents.at(-1)?.digest).toBe(digest.toString('hex'));
  expect(read([line('2026-11-19'), ...lines.slice(1)].join('\n')).incidents.at(-1)?.digest).not.toBe(
    digest.toString('hex'),
  );
});

it('is read again when it changed, and is empty where there is none', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-incidents-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  expect(new IncidentLog(undefined).read()).toEqual({ incidents: [], unreadable: 0 });
  const log = new IncidentLog(folder);
  expect(log.read().incidents).toEqual([]);
  writeFileSync(join(folder, 'incidents.jsonl'), `${line('2026-11-20')}\n`);
  expect(log.read().incidents).toHaveLength(1);
  expect(log.read()).toBe(log.read());
  appendFileSync(join(folder, 'incidents.jsonl'), `${line('2026-11-21')}\n`);
  expect(log.read().incidents).toHaveLength(2);
  rmSync(join(folder, 'incidents.jsonl'));
  expect(log.read().incidents).toEqual([]);
});
