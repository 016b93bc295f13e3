import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/*
 * tlslite-ng is Python, and no dependency of this package. `node bench/tlslite.ts` installs it into a virtual environment
 * under node_modules/.cache; without it G3 says so and is measured against forge alone.
 */

const version = '0.8.2';
const environment = fileURLToPath(new URL('../node_modules/.cache/tlslite-ng', import.meta.url));
const python = `${environment}/bin/python3`;

export const tlsliteIsInstalled = (): boolean => existsSync(`${environment}/installed`);

export interface TlsliteServer {
  readonly port: number;
  readonly process: ChildProcess;
  /** CPU microseconds at the end of its last connection. */
  cpu(): number;
}

export async function startTlslite(credentialsPath: string): Promise<TlsliteServer> {
  const script = fileURLToPath(new URL('./server/tlslite-server.py', import.meta.url));
  const child = spawn(python, [script, credentialsPath], { stdio: ['ignore', 'pipe', 'inherit'] });
  let cpu = 0;
  const port = await new Promise<number>((resolve, reject) => {
    child.on('exit', (code) => reject(new Error(`tlslite-ng ended with ${code}: see its error above`)));
    createInterface(child.stdout).on('line', (line) => {
      const [word, number] = line.split(' ');
      if (word === 'port') {
        resolve(Number(number));
      } else {
        cpu = Number(number);
      }
    });
  });
  return { port, process: child, cpu: () => cpu };
}

function install(): void {
  execFileSync('python3', ['-m', 'venv', environment], { stdio: 'inherit' });
  execFileSync(python, ['-m', 'pip', 'install', '--quiet', `tlslite-ng==${version}`], { stdio: 'inherit' });
  execFileSync('touch', [`${environment}/installed`]);
  console.log(`tlslite-ng ${version} stands in ${environment}`);
}

if (import.meta.main) {
  install();
}
