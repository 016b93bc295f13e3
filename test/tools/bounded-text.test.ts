import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { boundedText } from '../../service/tools/bounded-text.ts';

test.each([
  ['nothing', [], ''],
  ['as much as is allowed', ['12', '34'], '1234'],
  ['a letter in two pieces', [Buffer.from('ñ').subarray(0, 1), Buffer.from('ñ').subarray(1), '\n'], 'ñ'],
  ['more', ['12', '345'], undefined],
])('%s of an answer', async (_, pieces, wanted) => {
  const stream = new ReadableStream({
    start(controller) {
      for (const piece of pieces)
        controller.enqueue(typeof piece === 'string' ? new TextEncoder().encode(piece) : piece);
      controller.close();
    },
  });
  expect(await boundedText(new Response(stream), 4)).toBe(wanted);
});

test('an answer without an end is hung up on', async () => {
  const server = createServer((_, response) => {
    response.on('error', () => undefined);
    const more = (): void => {
      if (!response.destroyed) response.write('x'.repeat(65_536), more);
    };
    more();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const closed = new Promise((resolve) => server.once('connection', (socket) => socket.once('close', resolve)));
  expect(await boundedText(await fetch(`http://127.0.0.1:${port}/`), 100_000)).toBeUndefined();
  await closed;
  await new Promise((resolve) => server.close(resolve));
});
