/*
 * What AWS's own runtime does with a function (Lambda runtime API, 2018-06-01): asks for the next event, calls the handler, and
 * says what came of it. Started with the folder of the function as its argument.
 */
import { join } from 'node:path';

const base = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`;
const post = (path, body) => fetch(`${base}${path}`, { method: 'POST', body: JSON.stringify(body) });
const told = (error) => ({ errorType: error.name, errorMessage: error.message });

const [file = '', name = ''] = (process.env._HANDLER ?? '').split('.');
let handler;
try {
  ({ [name]: handler } = await import(join(process.argv[2] ?? '', `${file}.mjs`)));
} catch (error) {
  await post('/init/error', told(error));
  process.exit(1);
}
for (;;) {
  const next = await fetch(`${base}/invocation/next`);
  const id = next.headers.get('lambda-runtime-aws-request-id');
  const deadline = Number(next.headers.get('lambda-runtime-deadline-ms'));
  const context = { awsRequestId: id, getRemainingTimeInMillis: () => deadline - Date.now() };
  try {
    await post(`/invocation/${id}/response`, (await handler(await next.json(), context)) ?? null);
  } catch (error) {
    await post(`/invocation/${id}/error`, told(error));
  }
}
