import { request } from 'node:http';
import { connectionFault } from './connect.ts';

const longestAnswer = 128 * 1024;

export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

/** One request over plain HTTP, and its answer, whatever its status. Rejects with why there is none. `agent`: the User-Agent. */
export function ask(
  url: URL,
  content: Uint8Array | undefined,
  signal: AbortSignal,
  { longest = longestAnswer, agent }: { readonly longest?: number; readonly agent?: string | undefined } = {},
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const method = content === undefined ? 'GET' : 'POST';
    const headers = {
      ...(content === undefined ? {} : { 'content-length': content.length }),
      ...(agent === undefined ? {} : { 'user-agent': agent }),
    };
    const asking = request(url, { method, headers, agent: false, signal }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
        if (text.length > longest) response.destroy(new Error(`it is longer than ${longest} characters`));
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      response.on('error', fail);
    });
    const fail = (error: Error): void =>
      reject(new Error(signal.aborted ? 'no answer in time' : (connectionFault(error) ?? error.message)));
    asking.on('error', fail);
    asking.end(content);
  });
}
