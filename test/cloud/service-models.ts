import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import * as v from 'valibot';
import type { Answer, Call } from './gateway.ts';
import type { Made } from './resource-type.ts';
import { cloudPython } from './venv.ts';

/*
 * What was said to AWS here, and what was said in its place by a stand-in of ours, held against what AWS says of itself: the service
 * models that botocore has (service-models.py), and the schemas of CloudFormation's registry that cfn-lint has (resource-schemas.py).
 */

/** As it went over HTTP. */
export interface Exchange {
  readonly call: Call;
  /** Of a stand-in. */
  readonly answer?: Answer;
  /** Of an emulator, with a part that is ours: what is not in it is its own affair. */
  readonly part?: Answer;
}

/** As a client of the SDK has it, where nothing goes over HTTP. */
export interface Command {
  /** The name that its requests are signed for. */
  readonly service: string;
  readonly operation: string;
  readonly input: unknown;
  /** Or the name of the error that the operation ended with; undefined: nothing was said. */
  readonly end: { readonly output: unknown } | { readonly error: string } | undefined;
}

/** What CloudFormation gave a type of resource of ours, and what it was told. */
export interface Provisioned {
  readonly action: 'create' | 'update' | 'delete';
  readonly type: string;
  readonly properties: object;
  readonly made: Made;
}

export interface Seen {
  readonly exchanges?: readonly Exchange[];
  readonly commands?: readonly Command[];
  readonly resources?: readonly Provisioned[];
}

/** Throws with operation, member and value of each that the models do not have. */
export async function conform(seen: Seen): Promise<void> {
  const faults = await faultsOf(seen);
  if (faults.length > 0) throw new Error(`AWS would not have said so, or not have understood:\n${faults.join('\n')}`);
}

/** A sentence each: `ec2:RunInstances: InstanceType: "t9.huge" is none of ...`. */
export async function faultsOf({ exchanges = [], commands = [], resources = [] }: Seen): Promise<readonly string[]> {
  // CloudFormation gives the same to a type that deletes, which says nothing.
  const made = resources
    .filter(({ action }) => action !== 'delete')
    .map(({ type, properties, made }) => ({ type, properties, made }));
  const faults = await Promise.all([
    asked('service-models.py', [...exchanges.map(exchangeLine), ...commands.map(commandLine)]),
    asked(
      'resource-schemas.py',
      made.map((line) => JSON.stringify(line)),
    ),
  ]);
  return [...new Set(faults.flat())];
}

const verdict = v.object({ operation: v.string(), faults: v.array(v.string()) });

async function asked(program: string, lines: readonly string[]): Promise<readonly string[]> {
  // What is asked again and again is looked at once.
  const different = [...new Set(lines)];
  if (different.length === 0) return [];
  const child = spawn(cloudPython(), ['-B', join(import.meta.dirname, program)], { stdio: ['pipe', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((end, fail) => child.once('error', fail).once('close', end));
  // Where it ends before it has read everything, its own words say why.
  child.stdin.on('error', () => undefined).end(`${different.join('\n')}\n`);
  const [said, complaints, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (status !== 0) throw new Error(`${program} ended with ${status}:\n${complaints}`);
  const verdicts = said
    .trimEnd()
    .split('\n')
    .map((line) => v.parse(verdict, JSON.parse(line)));
  if (verdicts.length !== different.length)
    throw new Error(`${program} looked at ${verdicts.length} of ${different.length}`);
  return verdicts.flatMap(({ operation, faults }) => faults.map((fault) => `${operation}: ${fault}`));
}

/** Headers that are about the connection, about who asks and when: another each time. */
const passing =
  /^(?:accept|amz-sdk-|authorization|connection|content-length|date|expect|host|transfer-encoding|user-agent|x-amz-(?:content-sha256|date|user-agent))/;

/** Of a body that is a document. What else there is, a block of a disk, is told by its length. */
const document = /json|xml|x-www-form-urlencoded/;

function exchangeLine({ call: { service, method, path, headers, body }, answer, part }: Exchange): string {
  const isDocument = document.test(headers['content-type'] ?? '');
  return JSON.stringify({
    ...{ service, method, path },
    headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !passing.test(name))),
    body: isDocument ? { bytes: body.toString('base64') } : { length: body.length },
    answer: answer && answerLine(answer),
    part: part && answerLine(part),
  });
}

const answerLine = ({ status, type, body }: Answer) => ({
  status,
  headers: { 'content-type': type },
  body: Buffer.from(body).toString('base64'),
});

const commandLine = ({ service, operation, input, end }: Command): string =>
  JSON.stringify({
    ...{ service, operation, input: plain(input ?? {}) },
    ...(end !== undefined && 'output' in end ? { output: plain(end.output ?? {}) } : end),
  });

/** As JSON has it: a date as its text, bytes as their length. What is undefined is not there. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return { $bytes: value.length };
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  // What the SDK adds to each answer.
  const members = Object.entries(value).filter(([name, part]) => name !== '$metadata' && part !== undefined);
  return Object.fromEntries(members.map(([name, part]) => [name, plain(part)]));
}
