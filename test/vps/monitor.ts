import { Server, ServerCredentials, status } from '@grpc/grpc-js';
import * as pulumi from '@pulumi/pulumi';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import structs from 'google-protobuf/google/protobuf/struct_pb.js';
import * as v from 'valibot';
import { type ParsedVpsInputs, parseVpsInputs, type VpsInputs } from '../../infra/vps/inputs.ts';
import { vpsProgram } from '../../infra/vps/program.ts';
import { sampleId } from './sample-inputs.ts';
import { engineMessages, engineService, resourceMessages, resourceService } from './sdk.ts';

/*
 * The engine's side of a Pulumi program, in this process: the program talks gRPC with it as it would with the engine, and what
 * it asked for is kept as it came over the wire. No cloud is asked for anything.
 */

/** In place of a value that is not known before it is made (sdk/go/common/resource/plugin/rpc.go). */
export const unknownValue = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';
/** The key of an object that is not what it looks like, and its value where it is a secret. */
export const signatureKey = '4dabf18193072939515e22adb298388d';
export const secretSignature = '1b47061264138c4ac30d75fd1eb44270';

export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly parent: string;
  readonly provider: string;
  readonly version: string;
  readonly protect: boolean;
  readonly deleteBeforeReplace: boolean;
  readonly ignoreChanges: readonly string[];
  /** Names of those that it waits for. */
  readonly dependencies: readonly string[];
}

export interface Wire {
  readonly resources: readonly Registered[];
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Every message of the program, as the bytes that came. */
  readonly bytes: Buffer;
  readonly logged: readonly string[];
}

const object = v.record(v.string(), v.unknown());
const nameOf = (urn: string) => urn.slice(urn.lastIndexOf('::') + 2);

/** A number of its own for each name, whatever the order in which they come. */
const idOf = (name: string): string =>
  String([...name].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0) % 250);

/** What the cloud would say of a thing once it is made. */
function outputsOf(type: string, id: string): Record<string, string> {
  if (type === 'hcloud:index/primaryIp:PrimaryIp' || type === 'digitalocean:index/reservedIp:ReservedIp') {
    return { ipAddress: `203.0.113.${id}` };
  }
  return {};
}

export async function overTheWire(given: VpsInputs, { dryRun }: { readonly dryRun: boolean }): Promise<Wire> {
  const inputs: ParsedVpsInputs = parseVpsInputs(given);
  const resources: Registered[] = [];
  const messages: Uint8Array[] = [];
  const logged: string[] = [];
  let outputs: Record<string, unknown> = {};
  let root = '';
  const server = new Server();
  type Answer = (error: null, response: unknown) => void;
  const done = (_call: unknown, callback: Answer) => callback(null, new empty.Empty());

  server.addService(resourceService.ResourceMonitorService, {
    ...Object.fromEntries(Object.keys(resourceService.ResourceMonitorService).map((name) => [name, done])),
    // An older engine does not know it, and is asked feature by feature.
    getDeploymentInfo: (_call: unknown, callback: (error: { code: number; message: string }) => void) =>
      callback({ code: status.UNIMPLEMENTED, message: 'not here' }),
    supportsFeature(_call: unknown, callback: Answer) {
      const response = new resourceMessages.SupportsFeatureResponse();
      response.setHassupport(true);
      callback(null, response);
    },
    registerPackage(
      { request }: { request: InstanceType<typeof resourceMessages.RegisterPackageRequest> },
      callback: Answer,
    ) {
      const response = new resourceMessages.RegisterPackageResponse();
      response.setRef(`${request.getName()}@${request.getVersion()}`);
      callback(null, response);
    },
    registerResource(
      { request }: { request: InstanceType<typeof resourceMessages.RegisterResourceRequest> },
      callback: Answer,
    ) {
      messages.push(request.serializeBinary());
      const type = request.getType();
      const name = request.getName();
      const wired = v.parse(object, request.getObject()?.toJavaScript() ?? {});
      resources.push({
        type,
        name,
        inputs: wired,
        parent: nameOf(request.getParent()),
        provider: request.getProvider().split('::').slice(2).join('::'),
        version: request.getVersion(),
        protect: request.getProtect() === true,
        deleteBeforeReplace: request.getDeletebeforereplace(),
        ignoreChanges: request.getIgnorechangesList(),
        dependencies: request.getDependenciesList().map(nameOf).sort(),
      });
      const response = new resourceMessages.RegisterResourceResponse();
      response.setUrn(`urn:pulumi:test::btc-pinata::${type}::${name}`);
      const isMade = request.getCustom();
      const id = idOf(name);
      // In a preview the engine has none to give.
      if (isMade && !dryRun) response.setId(id);
      const more = dryRun || !isMade ? {} : outputsOf(type, id);
      const state: Parameters<typeof structs.Struct.fromJavaScript>[0] = JSON.parse(
        JSON.stringify({ ...wired, ...more }),
      );
      response.setObject(structs.Struct.fromJavaScript(state));
      callback(null, response);
    },
    registerResourceOutputs(
      { request }: { request: InstanceType<typeof resourceMessages.RegisterResourceOutputsRequest> },
      callback: Answer,
    ) {
      messages.push(request.serializeBinary());
      if (request.getUrn().includes('pulumi:pulumi:Stack')) {
        outputs = v.parse(object, request.getOutputs()?.toJavaScript() ?? {});
      }
      callback(null, new empty.Empty());
    },
  });
  server.addService(engineService.EngineService, {
    ...Object.fromEntries(Object.keys(engineService.EngineService).map((name) => [name, done])),
    log({ request }: { request: InstanceType<typeof engineMessages.LogRequest> }, callback: Answer) {
      messages.push(request.serializeBinary());
      // Below that is what it says of its own calls.
      if (request.getSeverity() >= engineMessages.LogSeverity.WARNING) logged.push(request.getMessage());
      callback(null, new empty.Empty());
    },
    getRootResource(_call: unknown, callback: Answer) {
      const response = new engineMessages.GetRootResourceResponse();
      response.setUrn(root);
      callback(null, response);
    },
    setRootResource(
      { request }: { request: InstanceType<typeof engineMessages.SetRootResourceRequest> },
      callback: Answer,
    ) {
      root = request.getUrn();
      callback(null, new engineMessages.SetRootResourceResponse());
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  const address = `127.0.0.1:${port}`;
  try {
    pulumi.runtime.resetOptions('btc-pinata', 'test', 16, address, address, dryRun, 'organization');
    await pulumi.runtime.runInPulumiStack(() => vpsProgram(inputs, sampleId));
    // Everything has been registered when this resolves.
    await pulumi.runtime.disconnect(false);
  } finally {
    server.forceShutdown();
  }
  return { resources, outputs, bytes: Buffer.concat(messages), logged };
}

/** One line for each thing that the cloud is to have, in the order of its name: what a review looks at. */
export function listing({ resources }: Wire): string {
  const made = resources.filter(({ type }) => !/^(pulumi:pulumi|btc-pinata):/.test(type));
  const lines = made.map((one) => {
    const { type, name, inputs, protect, deleteBeforeReplace, ignoreChanges, dependencies, version } = one;
    const traits = [
      ...(version === '' ? [] : [`version ${version}`]),
      ...(protect ? ['protected'] : []),
      ...(deleteBeforeReplace ? ['deleted before it is replaced'] : []),
      ...ignoreChanges.map((key) => `ignores ${key}`),
      ...(dependencies.length === 0 ? [] : [`after ${dependencies.join(', ')}`]),
    ];
    const rows = Object.entries(inputs)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .flatMap(([key, value]) => rowsOf(key, value));
    return [`${name} (${type})${traits.map((trait) => `; ${trait}`).join('')}`, ...rows].join('\n');
  });
  return `${lines.sort().join('\n\n')}\n`;
}

function rowsOf(key: string, value: unknown): string[] {
  const shown = (one: unknown) => JSON.stringify(one).replaceAll(unknownValue, '(not yet known)');
  if (!Array.isArray(value) || value.length < 2) return [`  ${key}: ${shown(value)}`];
  return [`  ${key}:`, ...value.map((one) => `    ${shown(one)}`)];
}
