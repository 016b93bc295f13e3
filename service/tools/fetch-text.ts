import { get } from 'node:http';

const MAX_DOCUMENT = 2 ** 20;

/** What an HTTP server answers within `timeout` milliseconds, if that is 200 and of a sane size. */
export function fetchText(url: URL, timeout: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get(url, { timeout: Math.max(1, timeout), agent: false }, (response) => {
      const { statusCode = 0 } = response;
      if (statusCode !== 200) {
        response.destroy();
        reject(new Error(`it answers ${statusCode}`));
        return;
      }
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
        if (text.length > MAX_DOCUMENT) response.destroy(new Error(`it is longer than ${MAX_DOCUMENT} characters`));
      });
      response.on('end', () => resolve(text));
      response.on('error', reject);
    });
    request.on('timeout', () => request.destroy(new Error('no answer in time')));
    request.on('error', reject);
  });
}
