import { expect, test } from 'vitest';
import type { LogLineView } from '../../service/site/management-view.ts';
import { publicLogDocument } from '../../service/site/public-log.ts';
import { sampleView } from './sample-view.ts';

const now = sampleView.startedAt + 10;
const line = (event: string, values: LogLineView['values'] = {}): LogLineView => ({
  at: '2026-11-21T12:34:56.789Z',
  event,
  values,
});
const shown = (...lines: readonly LogLineView[]) =>
  publicLogDocument({ ...sampleView, log: () => lines }, now)?.lines ?? [];

test('/log.json has the events that are everybody’s to know, to the second', () => {
  expect(shown(line('rotated', { generation: 2, caSha256: 'ab' }), line('traces_written_again'))).toEqual([
    { at: '2026-11-21T12:34:56Z', event: 'rotated', values: { generation: 2, caSha256: 'ab' } },
    { at: '2026-11-21T12:34:56Z', event: 'traces_written_again', values: {} },
  ]);
});

test('an event that it does not know is not in it, and no value that it does not know', () => {
  const secret = 'cMahea7zqjxrtgAbB7LSGbcQUr1uX1ojuat9jZodMN87JcbXMTcA';
  const lines = [
    line('configuration', { keyFile: secret }),
    line(secret),
    line('exception', { port: 'server', error: secret, at: `${secret} < x` }),
    line('quote_failed', { why: secret }),
    line('released', { port: 'server', release: 'breach', to: secret, [secret]: 1 }),
  ];
  expect(shown(...lines).map(({ event, values }) => [event, values])).toEqual([
    ['exception', { port: 'server' }],
    ['quote_failed', {}],
    ['released', { port: 'server', release: 'breach' }],
  ]);
  expect(JSON.stringify(shown(...lines))).not.toContain(secret);
});

test('it has a hundred lines at most, the newest first', () => {
  const many = Array.from({ length: 500 }, (_, index) => line('rotated', { generation: 500 - index }));
  const found = shown(...many);
  expect(found).toHaveLength(100);
  expect(found[0]?.values).toEqual({ generation: 500 });
});

test('where nobody keeps a log there is none', () => {
  expect(publicLogDocument({ ...sampleView, log: undefined }, now)).toBeUndefined();
});
