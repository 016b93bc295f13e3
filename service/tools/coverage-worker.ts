import { readdirSync, readFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import type { CorpusCoverage } from './coverage.ts';
import { FileLines, type FunctionCoverage } from './coverage-lines.ts';

/* The thread of `coverageOf`. Nothing of the engine is imported before V8 counts. */

export type CoverageMessage =
  | { readonly type: 'progress'; readonly done: number; readonly attempts: number }
  | { readonly type: 'done'; readonly coverage: CorpusCoverage };

const service = fileURLToPath(new URL('..', import.meta.url));
const folders = ['tls', 'x509'];
const urls = folders.flatMap((folder) =>
  readdirSync(resolve(service, folder))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => ({
      name: `service/${folder}/${name}`,
      url: pathToFileURL(resolve(service, folder, name)).href,
      path: resolve(service, folder, name),
    })),
);

/** A look costs tens of milliseconds: after each of the first attempts, then ever more rarely. */
const nextLook = (attempts: number): number => Math.max(attempts + 1, Math.ceil(attempts * 1.03));

const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });

async function take(): Promise<ReadonlyMap<string, readonly FunctionCoverage[]>> {
  const { result } = await session.post('Profiler.takePreciseCoverage');
  return new Map(result.map(({ url, functions }) => [url, functions]));
}

const { replayFile } = await import('./replay-file.ts');
const loaded = await take();
const files = urls.map(({ name, url, path }) => ({
  name,
  url,
  lines: new FileLines(readFileSync(path, 'utf8'), loaded.get(url) ?? []),
}));
const exercised = (): number => files.reduce((sum, { lines }) => sum + lines.run.size, 0);

async function look(): Promise<void> {
  const since = await take();
  for (const { url, lines } of files) {
    const functions = since.get(url);
    if (functions !== undefined) lines.add(functions);
  }
}

const curve: { attempts: number; exercised: number }[] = [];
let [attempts, lookAt, done] = [0, 1, 0];
const onProgress = (progress: { readonly bytesRead: number; readonly bytes: number }): void => {
  done = progress.bytesRead / Math.max(1, progress.bytes);
};
for await (const line of replayFile(String(workerData), { onProgress })) {
  if (line.type !== 'attempt') continue;
  attempts += 1;
  if (attempts < lookAt) continue;
  await look();
  curve.push({ attempts, exercised: exercised() });
  lookAt = nextLook(attempts);
  post({ type: 'progress', done, attempts });
}
await look();
if (curve.at(-1)?.attempts !== attempts) curve.push({ attempts, exercised: exercised() });
post({
  type: 'done',
  coverage: {
    attempts,
    lines: files.reduce((sum, { lines }) => sum + lines.inFunctions.size, 0),
    exercised: exercised(),
    files: files.map(({ name, lines }) => ({
      file: name,
      lines: lines.inFunctions.size,
      exercised: lines.run.size,
      missed: lines.missed,
    })),
    curve,
  },
});

function post(message: CoverageMessage): void {
  parentPort?.postMessage(message);
}
