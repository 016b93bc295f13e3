import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { portOf } from './port-of.ts';

/* A function as Lambda runs it: in a process of its own that asks a runtime API for events. */

export interface Lambda {
  /** What the handler gave, or the error that it or its start ended with. */
  invoke(event: unknown, milliseconds?: number): Promise<{ readonly response: unknown } | { readonly error: string }>;
  readonly pid: number | undefined;
  kill(): void;
}

type Answer = { readonly response: unknown } | { readonly error: string };

export async function startLambda(
  folder: string,
  handler: string,
  environment: Readonly<Record<string, string>>,
): Promise<Lambda> {
  const waiting: ServerResponse[] = [];
  const events: { readonly event: unknown; readonly deadline: number }[] = [];
  const answers: ((answer: Answer) => void)[] = [];
  const serve = (): void => {
    while (waiting.length > 0 && events.length > 0) {
      const [outgoing, next] = [waiting.shift(), events.shift()];
      outgoing
        ?.writeHead(200, {
          'lambda-runtime-aws-request-id': 'one',
          'lambda-runtime-deadline-ms': String(next?.deadline),
        })
        .end(JSON.stringify(next?.event));
    }
  };
  const api = createServer((incoming, outgoing) => {
    if (incoming.url?.endsWith('/invocation/next') === true) {
      waiting.push(outgoing);
      serve();
      return;
    }
    let text = '';
    incoming.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    incoming.on('end', () => {
      outgoing.writeHead(202).end();
      const value: unknown = JSON.parse(text);
      answers.shift()?.(incoming.url?.endsWith('/response') === true ? { response: value } : { error: text });
    });
  });
  api.listen(0, '127.0.0.1');
  await once(api, 'listening');
  const child = spawn(process.execPath, [join(import.meta.dirname, 'lambda-runtime.mjs'), folder], {
    env: {
      PATH: process.env['PATH'],
      _HANDLER: handler,
      AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${portOf(api)}`,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'S3RVER',
      AWS_SECRET_ACCESS_KEY: 'S3RVER',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => {
      output += part;
    });
  }
  child.once('close', (code) => {
    for (const answer of answers.splice(0)) answer({ error: `it ended with ${code}:\n${output}` });
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
    api.closeAllConnections();
    api.close();
  });
  return {
    invoke: (event, milliseconds = 50_000) =>
      new Promise((answer) => {
        answers.push(answer);
        if (child.exitCode !== null) return answer({ error: `it has ended:\n${output}` });
        events.push({ event, deadline: Date.now() + milliseconds });
        serve();
      }),
    pid: child.pid,
    kill: () => child.kill('SIGKILL'),
  };
}
