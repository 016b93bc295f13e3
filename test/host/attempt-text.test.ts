import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { attemptText, numbered } from '../../service/host/attempt-text.ts';
import { parseAttemptBody } from '../../service/trace/index.ts';
import { everythingIn, generation, memoryStore, morning, recorded, said } from './trace-store.ts';

/* What a thread puts into text is what would be written without it. */

const greeting = recorded({ category: 'record.not_tls', version: null }, said('please give key'));

test('a line is that of the whole body, and its digest is in the head', () => {
  const [head, line] = numbered(attemptText(greeting), 42);
  const { steps, omitted } = greeting;
  expect(line).toBe(JSON.stringify({ format: 'pinata-trace/1', number: 42, steps, omitted }));
  expect(parseAttemptBody(line)).toMatchObject({ ok: true, value: { number: 42, steps } });
  expect(head).toEqual({ ...greeting.head, number: 42, bodySha256: createHash('sha256').update(line).digest('hex') });
});

test('a store has the same of both, also what is found in the body', async () => {
  const kept = await Promise.all(
    [greeting, structuredClone(attemptText(greeting))].map(async (attempt) => {
      const store = memoryStore();
      store.generation(generation);
      store.count({ at: morning * 1000, port: 'server', visitor: '4:192.0.2', category: 'record.not_tls' });
      store.append(attempt);
      await store.flush();
      const everything = everythingIn(store);
      expect(store.guestBook({ limit: 1 })).toHaveLength(1);
      await store.close();
      return everything;
    }),
  );
  expect(kept[1]).toEqual(kept[0]);
});
