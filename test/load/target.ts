import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cpuTimeOf } from '../../bench/cpu-time.ts';
import { hardeningFlags } from '../../infra/hardening.ts';
import type { StatusDocument } from '../../service/site/documents.ts';
import { anyPorts, Program } from '../host/program.ts';
import { eventually } from '../host/relay.ts';
import { MemoryGroup } from './memory-group.ts';

/* The piñata that is attacked: a process of its own, in the bounds of its unit, looked at from outside. */

export type Ports = Readonly<Record<'http' | 'https' | 'server' | 'dialback' | 'reverse', number>>;

export interface TargetOptions {
  readonly flags?: readonly string[];
  /** Its control group may hold so much; nothing bounds it without. */
  readonly mebibytes?: number;
  /** RLIMIT_NOFILE. */
  readonly descriptors?: number;
  readonly environment?: Readonly<Record<string, string>>;
}

export interface Sample {
  readonly seconds: number;
  readonly residentMebibytes: number;
  /** Of one core, since the sample before. */
  readonly cpu: number;
}

const main = resolve(import.meta.dirname, '../../service/main.ts');
const telling = join(import.meta.dirname, '../e2e/telling-memory.ts');

export class Target {
  readonly ports: Ports;
  readonly #program: Program;
  readonly #group: MemoryGroup | undefined;
  readonly #management: number;

  private constructor(program: Program, ports: Ports, management: number, group: MemoryGroup | undefined) {
    this.#program = program;
    this.ports = ports;
    this.#management = management;
    this.#group = group;
  }

  static async start({ flags = [], mebibytes, descriptors, environment = {} }: TargetOptions): Promise<Target> {
    const group = mebibytes === undefined ? undefined : MemoryGroup.of(mebibytes);
    const limits = descriptors === undefined ? [] : ['prlimit', `--nofile=${descriptors}:${descriptors}`];
    const node = [process.execPath, ...hardeningFlags, '--import', telling, main];
    const program = new Program(['--json', ...anyPorts, '--management-port', '0', ...flags], {
      program: [...(group?.entering ?? []), ...limits, ...node],
      environment,
    });
    const { ports, managementPort } = await program.ready();
    const port = (name: keyof Ports): number => ports[name] ?? 0;
    return new Target(
      program,
      {
        http: port('http'),
        https: port('https'),
        server: port('server'),
        dialback: port('dialback'),
        reverse: port('reverse'),
      },
      Number(managementPort),
      group,
    );
  }

  /** Whether the memory is bounded, as was asked for. */
  get group(): MemoryGroup | undefined {
    return this.#group;
  }

  get running(): boolean {
    return this.#program.child.exitCode === null && this.#program.child.signalCode === null;
  }

  /** What it said on standard error. */
  get said(): string {
    return this.#program.stderr;
  }

  get pid(): number {
    return this.#program.child.pid ?? 0;
  }

  get residentMebibytes(): number {
    const [, kibibytes = '0'] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8')) ?? [];
    return Number(kibibytes) / 1024;
  }

  /** Microseconds of all its threads. */
  get cpu(): number {
    return cpuTimeOf(this.pid) ?? 0;
  }

  get descriptors(): number {
    return readdirSync(`/proc/${this.pid}/fd`).length;
  }

  async status(): Promise<StatusDocument> {
    return JSON.parse(await read(this.ports.http, '/status.json'));
  }

  /** Mebibytes of traces that are kept in memory, as the piñata counts them; none where they are on a disk. */
  async tracesInMemory(): Promise<number> {
    const [, bytes = '0'] =
      /^pinata_traces_bytes\{where="memory"\} (\d+)/m.exec(await read(this.#management, '/metrics')) ?? [];
    return Number(bytes) / 2 ** 20;
  }

  /** Mebibytes of objects and of what they own outside of the heap, once all that can be is collected. */
  async held(): Promise<number> {
    const told = (): readonly string[] => [...this.said.matchAll(/^holds (.*)\n/gm)].map(([, json = '']) => json);
    const known = told().length;
    this.#program.child.kill('SIGUSR2');
    const said = await eventually(told, ({ length }) => length > known);
    return JSON.parse(said.at(-1) ?? '').bytes / 2 ** 20;
  }

  async stop(): Promise<{ readonly code: number | null }> {
    const end = await this.#program.stop();
    this.#group?.remove();
    return end;
  }
}

async function read(port: number, path: string): Promise<string> {
  const url = `http://127.0.0.1:${port}${path}`;
  const response = await fetch(url, { headers: { connection: 'close' }, signal: AbortSignal.timeout(30_000) });
  return response.text();
}
