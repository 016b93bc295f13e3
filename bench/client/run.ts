import { readCredentials } from '../credentials.ts';

/*
 * A measured client process: `run.ts <which> <credentials> <port>`. Each number it is sent is a count of handshakes; it
 * makes them one after another and answers with the CPU microseconds of one, all its threads included.
 */

export interface Target {
  readonly port: number;
  readonly authority: string;
}

/** Connects, completes one handshake in which the server alone is authenticated, verifies it, and hangs up. */
export type Handshake = () => Promise<void>;

export interface ClientModule {
  prepare(target: Target): Promise<Handshake> | Handshake;
}

const [which, path, port] = process.argv.slice(2);
const client = (await import(`./${which}.ts`)) as ClientModule;
const handshake = await client.prepare({ port: Number(port), authority: readCredentials(path).p256.authority });

process.on('message', (count) => {
  if (typeof count === 'number') {
    void measure(count).then((figure) => process.send?.(figure));
  }
});

async function measure(count: number): Promise<number> {
  const before = process.cpuUsage();
  for (let i = 0; i < count; i++) {
    await handshake();
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}
