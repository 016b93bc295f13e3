import { isDeepStrictEqual } from 'node:util';
import { Server, ServerCredentials, status } from '@grpc/grpc-js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import structs from 'google-protobuf/google/protobuf/struct_pb.js';
import * as v from 'valibot';
import { type Call, type Properties, resources } from './plugin-resources.ts';
import { pluginMessages, providerMessages, providerService } from './sdk.ts';

/*
 * A stand-in for the plugins of Hetzner and DigitalOcean: a process of its own that the real engine starts and speaks gRPC
 * with. It asks the cloud for the same things, by HTTP, with the token that it finds in its environment. What resources are to
 * the cloud is in plugin-resources.ts.
 */

const [name = ''] = process.argv.slice(2);
const token = process.env[name === 'hcloud' ? 'HCLOUD_TOKEN' : 'DIGITALOCEAN_TOKEN'] ?? '';
let endpoint = '';

const object = v.record(v.string(), v.unknown());
const properties = (struct: structs.Struct | undefined): Properties => v.parse(object, struct?.toJavaScript() ?? {});
const structOf = (values: Properties): structs.Struct => {
  // What is undefined is not there; the rest is JSON already.
  const plain: Parameters<typeof structs.Struct.fromJavaScript>[0] = JSON.parse(JSON.stringify(values));
  return structs.Struct.fromJavaScript(plain);
};

/** What the plugin of DigitalOcean takes for an error when it is to delete it, and it is gone already. */
const mustBeThere = /^\/v2\/(tags|volumes|reserved_ips)\//;

const call: Call = async (method, path, body) => {
  const response = await fetch(`${endpoint}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (response.status === 404 && method === 'DELETE' && !mustBeThere.test(path)) return {};
  if (response.status >= 400) throw new Error(wordsOf(text, response.status));
  return text === '' ? {} : v.parse(object, JSON.parse(text));
};

/** In the words of hcloud-go and of godo. */
function wordsOf(text: string, code: number): string {
  const theirs = v.safeParse(
    v.object({ error: v.object({ code: v.string(), message: v.string() }) }),
    JSON.parse(text),
  );
  if (theirs.success) return `${theirs.output.error.message} (${theirs.output.error.code}, 4d0b8a1f)`;
  const { message } = v.parse(v.object({ message: v.string() }), JSON.parse(text));
  return `Error: POST ${endpoint}: ${code} (request "c6c4") ${message}`;
}

function resourceOf(urn: string) {
  const type = urn.split('::')[2]?.split('$').at(-1) ?? '';
  const found = resources[type];
  if (found === undefined) throw new Error(`the stand-in knows no ${type}`);
  return found;
}

type Answer<Response> = (error: { code: number; message: string } | null, response?: Response) => void;

/** Answers when `run` has; what it throws is what the engine is told. */
function answered<Response>(callback: Answer<Response>, run: () => Promise<Response>): void {
  run().then(
    (response) => callback(null, response),
    (error: unknown) =>
      callback({ code: status.UNKNOWN, message: error instanceof Error ? error.message : String(error) }),
  );
}

const unimplemented = (_call: unknown, callback: Answer<never>) =>
  callback({ code: status.UNIMPLEMENTED, message: 'not in the stand-in' });

/** What differs between what is and what is to be, by the names of the inputs. */
function changes(olds: Properties, news: Properties): string[] {
  return Object.keys(news).filter((key) => !isDeepStrictEqual(olds[key], news[key]));
}

const server = new Server();
server.addService(providerService.ResourceProviderService, {
  handshake: unimplemented,
  parameterize: unimplemented,
  getSchema: unimplemented,
  checkConfig: unimplemented,
  diffConfig: unimplemented,
  invoke: unimplemented,
  call: unimplemented,
  list: unimplemented,
  construct: unimplemented,
  attach: unimplemented,
  getMapping: unimplemented,
  getMappings: unimplemented,
  configure(
    { request }: { request: InstanceType<typeof providerMessages.ConfigureRequest> },
    callback: Answer<unknown>,
  ) {
    const given = properties(request.getArgs());
    endpoint = String(given['endpoint'] ?? given['apiEndpoint'] ?? '');
    const response = new providerMessages.ConfigureResponse();
    response.setSupportspreview(true);
    callback(null, response);
  },
  check({ request }: { request: InstanceType<typeof providerMessages.CheckRequest> }, callback: Answer<unknown>) {
    const response = new providerMessages.CheckResponse();
    response.setInputs(request.getNews());
    callback(null, response);
  },
  diff({ request }: { request: InstanceType<typeof providerMessages.DiffRequest> }, callback: Answer<unknown>) {
    answered(callback, async () => {
      const { updates } = resourceOf(request.getUrn());
      const ignored = new Set(request.getIgnorechangesList());
      const changed = changes(properties(request.getOlds()), properties(request.getNews())).filter(
        (key) => !ignored.has(key),
      );
      const response = new providerMessages.DiffResponse();
      const { DIFF_SOME, DIFF_NONE } = providerMessages.DiffResponse.DiffChanges;
      response.setChanges(changed.length > 0 ? DIFF_SOME : DIFF_NONE);
      response.setDiffsList(changed);
      response.setReplacesList(changed.filter((key) => !updates.includes(key)));
      return response;
    });
  },
  create({ request }: { request: InstanceType<typeof providerMessages.CreateRequest> }, callback: Answer<unknown>) {
    answered(callback, async () => {
      const inputs = properties(request.getProperties());
      const response = new providerMessages.CreateResponse();
      if (request.getPreview()) {
        response.setProperties(structOf(inputs));
        return response;
      }
      const { id, outputs } = await resourceOf(request.getUrn()).create(inputs, call);
      response.setId(id);
      response.setProperties(structOf({ ...inputs, ...outputs }));
      return response;
    });
  },
  read({ request }: { request: InstanceType<typeof providerMessages.ReadRequest> }, callback: Answer<unknown>) {
    const response = new providerMessages.ReadResponse();
    response.setId(request.getId());
    response.setProperties(request.getProperties());
    callback(null, response);
  },
  update({ request }: { request: InstanceType<typeof providerMessages.UpdateRequest> }, callback: Answer<unknown>) {
    answered(callback, async () => {
      const olds = properties(request.getOlds());
      const news = properties(request.getNews());
      if (!request.getPreview()) await resourceOf(request.getUrn()).update?.(request.getId(), news, call);
      const response = new providerMessages.UpdateResponse();
      response.setProperties(structOf({ ...olds, ...news }));
      return response;
    });
  },
  delete({ request }: { request: InstanceType<typeof providerMessages.DeleteRequest> }, callback: Answer<unknown>) {
    answered(callback, async () => {
      await resourceOf(request.getUrn()).remove(request.getId(), properties(request.getProperties()), call);
      return new empty.Empty();
    });
  },
  cancel: (_call: unknown, callback: Answer<unknown>) => callback(null, new empty.Empty()),
  getPluginInfo(_call: unknown, callback: Answer<unknown>) {
    const info = new pluginMessages.PluginInfo();
    info.setVersion(process.argv[3] ?? '0.0.0');
    callback(null, info);
  },
});
server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error;
  // The engine reads this line.
  process.stdout.write(`${port}\n`);
});

// An engine that was killed has not told us to end.
const engine = process.ppid;
setInterval(() => {
  if (process.ppid !== engine) process.exit(1);
}, 500);
