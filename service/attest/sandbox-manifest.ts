import { JsonFields, Malformed } from './json-fields.ts';

/* What a confined process may touch (docs/sandbox.md), read for who looks at it from outside. */

export const sandboxFormat = 'btc-pinata/sandbox/v1';
export const longestSandboxManifest = 65_536;

export interface DeclaredSandbox {
  readonly sockets: readonly string[];
  /** The port that another process dials for it. */
  readonly dialBackPort: number;
  readonly files: number;
  /** Of those. */
  readonly written: number;
  readonly systemCalls: number;
  readonly compiler: boolean;
  readonly tasks: number;
  readonly memoryMebibytes: number;
}

/** Of JSON text. Total. */
export function readSandboxManifest(text: string): DeclaredSandbox | { readonly fault: string } {
  if (text.length > longestSandboxManifest) return { fault: `it is longer than ${longestSandboxManifest} characters` };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { fault: 'it is no JSON' };
  }
  try {
    return declared(value);
  } catch (error) {
    if (error instanceof Malformed) return { fault: error.message };
    throw error;
  }
}

const most = 1000;
const keys = ['format', 'sockets', 'dialBack', 'files', 'devices', 'flags', 'systemCalls', 'tasks'] as const;

function declared(value: unknown): DeclaredSandbox {
  const fields = new JsonFields(value, 'it', [...keys, 'memoryMebibytes']);
  if (fields.value('format') !== sandboxFormat) throw new Malformed(`its format is not ${sandboxFormat}`);
  const dialBack = new JsonFields(fields.value('dialBack'), 'its dial-back', ['port', 'privateAddresses']);
  const calls = new JsonFields(fields.value('systemCalls'), 'its system calls', ['allowed', 'unknown', 'compiler']);
  const files = fields.list('files', most).map((file) => new JsonFields(file, 'a file', ['path', 'access', 'holds']));
  return {
    sockets: fields
      .list('sockets', most)
      .map((socket) => new JsonFields({ socket }, 'a socket', ['socket']).string('socket', 100)),
    dialBackPort: dialBack.number('port'),
    files: files.length,
    written: files.filter((file) => file.value('access') === 'read-write').length,
    systemCalls: calls.list('allowed', most).length,
    // What is not said to be without one has one.
    compiler: calls.value('compiler') !== false,
    tasks: fields.number('tasks'),
    memoryMebibytes: fields.number('memoryMebibytes'),
  };
}

/** In a line. */
export function sandboxWords(manifest: DeclaredSandbox): string {
  const { sockets, dialBackPort, files, written, systemCalls, compiler, tasks, memoryMebibytes } = manifest;
  return [
    `${sockets.length} listening sockets`,
    `dialled for: port ${dialBackPort}`,
    `${files} files, ${written} of them written`,
    `${systemCalls} system calls`,
    compiler ? 'a compiler' : 'no compiler',
    `${memoryMebibytes} MiB, ${tasks} threads`,
  ].join('; ');
}
