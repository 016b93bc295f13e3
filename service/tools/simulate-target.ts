import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { looseObject, number, safeParse } from 'valibot';
import { ConnectFailure } from './connect.ts';
import { fetchText } from './fetch-text.ts';
import type { Door } from './simulate-visit.ts';

/* The piñata that the crowd goes to: one that is started for it, or one that is there. */

export interface Target {
  readonly host: string;
  readonly ports: Readonly<Record<Door, number>>;
  readonly calledPort: number;
  /** Ends what was started; resolves when it is gone. */
  stop(): Promise<void>;
}

/** A program as `infra` makes it: `btc-pinata run` with these words. */
export type StartPinata = (words: readonly string[]) => {
  readonly argv: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
};

const statusDocument = looseObject({
  ports: looseObject({ http: number(), https: number(), server: number(), dialback: number(), reverse: number() }),
});
const patience = 30_000;

/** By what its page says of it. Throws ConnectFailure where there is none. */
export async function targetAt(host: string, httpPort: number, calledPort: number): Promise<Target> {
  const url = new URL(`http://${host}:${httpPort}/status.json`);
  let text: string;
  try {
    text = await fetchText(url, patience);
  } catch (error) {
    const reason = error instanceof Error && error.message !== '' ? error.message : String(error);
    throw new ConnectFailure(`there is no piñata at ${url.href} (${reason}): start one with \`btc-pinata run\`, and give the
port of its page; or leave --target out, and one is started`);
  }
  const { ports } = portsIn(text, url.href);
  return { host, ports, calledPort, stop: async () => undefined };
}

/**
 * Stops the program when our end of its standard input is closed, which the kernel does whatever becomes of us. The shell
 * gives a job in the background no standard input, so it is passed by another descriptor.
 */
const outlivesNobody = 'exec 3<&0; "$@" 3<&- & program=$!; (cat <&3; kill $program) >/dev/null 2>&1 & wait $program';

/** A process of its own, on free ports. It is out of reach of Ctrl-C, which is for us: who counts must outlive who asks. */
export async function startTarget(start: StartPinata): Promise<Target> {
  const calledPort = await portNobodyTakes();
  const anyPorts = ['http', 'https', 'server', 'dialback', 'reverse'].flatMap((door) => [`--${door}-port`, '0']);
  const { argv, environment } = start(['--json', ...anyPorts, '--dialback-target-port', String(calledPort)]);
  const child = spawn('sh', ['-c', outlivesNobody, 'sh', ...argv], { env: environment, detached: true, stdio: 'pipe' });
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.stdin.end();
    await gone;
  };
  const line = await firstLine(child);
  return { host: '127.0.0.1', ...portsIn(line, 'its first line'), calledPort, stop };
}

async function firstLine(child: ChildProcessWithoutNullStreams): Promise<string> {
  let [out, errors] = ['', ''];
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (errors.length < 10_000) errors += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new ConnectFailure(`a piñata cannot be started: ${error.message}`)));
    child.once('close', (code) =>
      reject(new ConnectFailure(`the piñata that was started ended with ${code}: ${errors.trim()}`)),
    );
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (out.includes('\n')) return;
      out += text;
      if (out.includes('\n')) resolve(out.slice(0, out.indexOf('\n')));
    });
  });
}

function portsIn(text: string, where: string): Pick<Target, 'ports'> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const document = safeParse(statusDocument, value);
  if (!document.success) throw new ConnectFailure(`${where} is not a piñata's: it does not name five ports`);
  return { ports: document.output.ports };
}

/** A port to be called back on. From below those that the kernel hands out, so that no connection takes it meanwhile. */
async function portNobodyTakes(): Promise<number> {
  const lowest = 20_000;
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const port = lowest + Math.floor(Math.random() * 12_000);
    if (await isFree(port)) return port;
  }
  throw new ConnectFailure(`no free port from ${lowest} to ${lowest + 12_000} was found to be called back on`);
}

/** On every address. */
async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen({ port, host: '0.0.0.0', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
