import { request } from 'node:http';
import { longestConfiguration } from '../attest/machine-configuration.ts';
import { joinedBytes } from './joined-bytes.ts';
import { Unstartable } from './unstartable.ts';

/* The user-data of an EC2 instance, asked for as IMDSv2 wants it: a token, then the text (EC2 User Guide, "Use IMDS"). */

export interface MetadataSource {
  readonly host: string;
  readonly port: number;
  /** In all, for both requests and the tries before them. */
  readonly milliseconds: number;
}

export const instanceMetadata: MetadataSource = { host: '169.254.169.254', port: 80, milliseconds: 30_000 };

/** One request; shorter than the whole, so that a packet that was lost is sent anew. */
const oneRequest = 3000;
const pause = 500;

/** Throws an `Unstartable` that says what was asked, what came, and what to do. */
export async function readUserData(source: MetadataSource = instanceMetadata): Promise<string> {
  const end = performance.now() + source.milliseconds;
  for (;;) {
    try {
      return await ask(source);
    } catch (error) {
      // What was answered with a status is an answer: asking again changes nothing.
      if (error instanceof Unstartable || performance.now() >= end) throw unreadable(source, error);
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

async function ask(source: MetadataSource): Promise<string> {
  const token = await exchange(source, 'PUT', '/latest/api/token', { 'X-aws-ec2-metadata-token-ttl-seconds': '60' });
  if (!/^[\x21-\x7e]{1,256}$/.test(token)) throw new Unstartable('the token of the metadata is none');
  return exchange(source, 'GET', '/latest/user-data', { 'X-aws-ec2-metadata-token': token });
}

function exchange(
  { host, port }: MetadataSource,
  method: 'PUT' | 'GET',
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({ host, port, method, path, headers, agent: false, timeout: oneRequest }, (response) => {
      const chunks: Buffer[] = [];
      let length = 0;
      response.on('error', reject);
      response.on('data', (chunk: Buffer) => {
        length += chunk.length;
        chunks.push(chunk);
        if (length > longestConfiguration) asked.destroy(new Unstartable(`more than ${longestConfiguration} bytes`));
      });
      response.on('end', () => {
        if (response.statusCode === 200) resolve(joinedBytes(...chunks).toString('utf8'));
        else reject(new Unstartable(`${method} ${path} is answered with status ${response.statusCode ?? 'none'}`));
      });
    });
    // `timeout` is of silence; a stream of single bytes is cut off by this.
    const deadline = setTimeout(() => asked.destroy(new Error('no answer in time')), oneRequest);
    asked.on('close', () => clearTimeout(deadline));
    asked.on('timeout', () => asked.destroy(new Error('no answer in time')));
    asked.on('error', reject);
    asked.end();
  });
}

function unreadable({ host, port }: MetadataSource, error: unknown): Unstartable {
  const why = error instanceof Error ? error.message : 'unreadable';
  return new Unstartable(
    `the configuration cannot be read from the instance's user-data (http://${host}:${port}): ${why}; start the instance ` +
      'with IMDSv2 enabled and with user-data of {"network", "refundKey", "lockHeight", "name"}',
  );
}
