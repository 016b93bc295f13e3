import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../support/free-port.ts';
import { type Gateway, startGateway } from './gateway.ts';
import { startResourceTypes } from './resource-types.ts';
import { conform, type Seen } from './service-models.ts';
import { cloudPython } from './venv.ts';

/*
 * AWS on this machine, for whatever speaks to it through AWS_ENDPOINT_URL: the cdk CLI, the SDK, a Lambda.
 *
 *   await using cloud = await startCloud();
 *   spawn('cdk', ['deploy', ...], { env: { ...process.env, ...cloud.environment } });
 *
 * Everything is in memory and ends with it. At its end each request that it was sent, and each answer that was ours and no
 * emulator's, is held against the service models: what AWS would not have understood or said is an error of `stop`.
 */

/** Documentation's own number of an account. */
export const account = '123456789012';

export interface EmulatedCloud extends AsyncDisposable {
  readonly endpoint: string;
  readonly gateway: Gateway;
  /** Of programs that are to find this cloud, and nobody's real credentials. */
  readonly environment: Readonly<Record<string, string>>;
  /** What the SDK's constructors take. */
  readonly client: ClientSettings;
  /** The same for what the cloud does by itself, which who deploys is told apart from. */
  readonly itself: ClientSettings;
  /** ministack's own, unsigned: CloudFront answers here by the name of the host. */
  readonly edgePort: number;
  /** What both emulators have printed. */
  output(): string;
  /** What is looked at when it stops. */
  readonly seen: Seen;
  stop(): Promise<void>;
}

export interface ClientSettings {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export async function startCloud(region = 'us-east-1'): Promise<EmulatedCloud> {
  const ports = { ministack: await freePort(), moto: await freePort() };
  const folder = mkdtempSync(join(tmpdir(), 'pinata-cloud-'));
  const gateway = await startGateway(ports);
  const client = clientSettings(gateway.url, region);
  const itself = { ...client, credentials: { ...client.credentials, accessKeyId: 'AKIAOFTHECLOUDITSELF' } };
  const types = await startResourceTypes(itself);
  const ministack = new Emulator([join(import.meta.dirname, 'ministack-with-types.py')], folder, {
    GATEWAY_PORT: `${ports.ministack}`,
    BIND_HOST: '127.0.0.1',
    MINISTACK_HOST: '127.0.0.1',
    MINISTACK_ACCOUNT_ID: account,
    MINISTACK_REGION: region,
    S3_PERSIST: '0',
    LOG_LEVEL: 'INFO',
    // Its functions are run by the Node that runs this.
    PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
    DOCKER_HOST: 'unix:///nowhere',
    LAMBDA_EXECUTOR: 'local',
    AWS_ACCESS_KEY_ID: itself.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: client.credentials.secretAccessKey,
    PINATA_TYPES_URL: types.url,
    PINATA_TYPES: types.names.join(','),
  });
  const moto = new Emulator(
    [join(import.meta.dirname, 'moto-with-ids.py'), '-H', '127.0.0.1', '-p', `${ports.moto}`],
    folder,
    {
      MOTO_ACCOUNT_ID: account,
      // Seconds that it takes its time with a certificate.
      MOTO_ACM_VALIDATION_WAIT: '0',
    },
  );
  const stop = async () => {
    await Promise.all([ministack.stop(), moto.stop(), gateway.close(), types.close()]);
    rmSync(folder, { recursive: true, force: true });
  };
  const seen: Seen = { exchanges: gateway.exchanges, resources: types.seen };
  const stopAndLook = async () => {
    await stop();
    await conform(seen);
  };
  const output = () => `${ministack.output}\n${moto.output}`;
  try {
    await Promise.all([
      ministack.until(`http://127.0.0.1:${ports.ministack}/_ministack/health`),
      moto.until(`http://127.0.0.1:${ports.moto}/moto-api/`),
    ]);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    endpoint: gateway.url,
    gateway,
    environment: {
      AWS_ENDPOINT_URL: gateway.url,
      AWS_ACCESS_KEY_ID: client.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: client.credentials.secretAccessKey,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_EC2_METADATA_DISABLED: 'true',
      CDK_DISABLE_CLI_TELEMETRY: 'true',
    },
    client,
    itself,
    edgePort: ports.ministack,
    output,
    seen,
    stop: stopAndLook,
    [Symbol.asyncDispose]: stopAndLook,
  };
}

const clientSettings = (endpoint: string, region: string): ClientSettings => ({
  endpoint,
  region,
  credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'of a test' },
});

/** A program of Python; it is ended with this process, however that ends, unless it is killed. */
class Emulator {
  readonly #child: ChildProcess;
  readonly #killed = () => this.#child.kill('SIGKILL');
  output = '';

  constructor(args: readonly string[], folder: string, environment: Readonly<Record<string, string>>) {
    const { HTTP_PROXY: _, HTTPS_PROXY: __, ...inherited } = process.env;
    const env = { ...inherited, TMPDIR: folder, PYTHONDONTWRITEBYTECODE: '1', ...environment };
    this.#child = spawn(cloudPython(), args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
      });
    }
    this.#child.on('error', (error) => {
      this.output += String(error);
    });
    process.once('exit', this.#killed);
  }

  async until(url: string): Promise<void> {
    for (const end = Date.now() + 120_000; ; ) {
      const answer = await fetch(url).catch(() => undefined);
      await answer?.arrayBuffer();
      if (answer?.ok === true) return;
      if (this.#over() || Date.now() > end) throw new Error(`an emulator does not answer at ${url}:\n${this.output}`);
      await pause(100);
    }
  }

  async stop(): Promise<void> {
    process.off('exit', this.#killed);
    if (this.#over()) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    const late = setTimeout(this.#killed, 5000);
    await gone;
    clearTimeout(late);
  }

  #over(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null || this.#child.pid === undefined;
  }
}
