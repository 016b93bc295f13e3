import { type ParseArgsConfig, parseArgs } from 'node:util';
import * as v from 'valibot';
import { nearest } from '../nearest.ts';
import { isNear } from './near.ts';
import {
  type Configuration,
  configurationSchema,
  environmentName,
  flagName,
  type SettingKey,
  settingKeys,
  settings,
} from './settings.ts';
import { walletProblems } from './wallet-settings.ts';

/*
 * From the command line, the environment and a file to one configuration, in this order of precedence. Nothing is
 * guessed: a key that is not known and a value that is not allowed are problems, and each names its source.
 */

export type ConfigurationResult =
  | { readonly type: 'run'; readonly configuration: Configuration }
  | { readonly type: 'help' }
  | { readonly type: 'version' }
  | { readonly type: 'problems'; readonly problems: readonly string[] };

export interface ConfigurationSources {
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Throws with a message for people if the file cannot be read. */
  readonly readFile: (path: string) => string;
}

/** Where a value came from, as a problem is to name it. */
interface Given {
  readonly value: unknown;
  readonly named: string;
}
type Layer = ReadonlyMap<SettingKey, Given>;

/** Read by the tests and the build, not by us; every other PINATA_ variable must be a setting. */
const variablesOfOthers = ['PINATA_VECTORS', 'PINATA_REQUIRE_ALL', 'PINATA_CACHE'];
const fileVariable = 'PINATA_CONFIG';

export function configure(sources: ConfigurationSources): ConfigurationResult {
  try {
    const commandLine = readCommandLine(sources.argv);
    if (commandLine.help) return { type: 'help' };
    if (commandLine.version) return { type: 'version' };
    const file = commandLine.file ?? sources.environment[fileVariable];
    const layers = [
      file === undefined ? new Map() : readConfigurationFile(file, sources.readFile),
      readEnvironment(sources.environment),
      commandLine.layer,
    ];
    return judge(new Map(layers.flatMap((layer) => [...layer])));
  } catch (error) {
    if (error instanceof Problem) return { type: 'problems', problems: error.problems };
    throw error;
  }
}

class Problem extends Error {
  readonly problems: readonly string[];

  constructor(...problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

function judge(given: Layer): ConfigurationResult {
  const values = Object.fromEntries([...given].map(([key, { value }]) => [key, value]));
  const parsed = v.safeParse(configurationSchema, values);
  if (!parsed.success)
    return { type: 'problems', problems: [...new Set(parsed.issues.map((issue) => explain(issue, given)))] };
  const problems = contradictions(parsed.output);
  return problems.length > 0 ? { type: 'problems', problems } : { type: 'run', configuration: parsed.output };
}

function explain(issue: v.BaseIssue<unknown>, given: Layer): string {
  const key = settingKeys.find((candidate) => candidate === issue.path?.[0]?.key);
  if (key === undefined) return issue.message;
  const { value, named } = given.get(key) ?? { value: issue.input, named: flagName(key) };
  const setting = settings[key];
  const shown = 'quoted' in setting && setting.quoted === false ? 'what it was given' : JSON.stringify(value);
  return `${named}: ${shown} is not allowed; allowed: ${setting.allowed}`;
}

/** What the values say together. */
function contradictions(configuration: Configuration): readonly string[] {
  const { network, testCredentials, managementListen, managementPort, allowPublicManagement } = configuration;
  const problems: string[] = [...walletProblems(configuration)];
  if (network !== 'regtest' && testCredentials !== undefined) {
    problems.push(
      `--test-credentials: not allowed with --network "${network}": who has them is sent the key; allowed: regtest`,
    );
  }
  if (managementPort !== undefined && !allowPublicManagement && !isNear(managementListen)) {
    problems.push(
      `--management-listen: strangers may come to "${managementListen}", and what is said there is for the operator; allowed: an address of this machine or of a private network, or any with --allow-public-management`,
    );
  }
  const sharers = new Map<number, string[]>();
  for (const key of ['httpPort', 'httpsPort', 'serverPort', 'dialbackPort', 'reversePort', 'managementPort'] as const) {
    const port = configuration[key];
    if (port !== undefined && port !== 0) sharers.set(port, [...(sharers.get(port) ?? []), `--${flagName(key)}`]);
  }
  for (const [port, flags] of sharers) {
    if (flags.length > 1) problems.push(`${flags.join(' and ')}: ${port} is given to each; allowed: once, or 0`);
  }
  return problems;
}

function readCommandLine(argv: readonly string[]) {
  const options = Object.fromEntries([
    ...settingKeys.map((key) => [
      flagName(key),
      { type: settings[key].kind === 'switch' ? 'boolean' : 'string', multiple: true } as const,
    ]),
    ['config', { type: 'string', multiple: true } as const],
    ['help', { type: 'boolean', short: 'h' } as const],
    ['version', { type: 'boolean' } as const],
  ]);
  const { values } = parse(argv, options);
  const layer = new Map<SettingKey, Given>();
  for (const key of settingKeys) {
    const named = `--${flagName(key)}`;
    const texts = values[flagName(key)];
    if (!Array.isArray(texts)) continue;
    if (settings[key].kind !== 'list' && texts.length > 1) {
      throw new Problem(`${named}: given ${texts.length} times; allowed: once`);
    }
    const value = settings[key].kind === 'list' ? texts.flatMap((text) => String(text).split(',')) : texts[0];
    layer.set(key, { value: typeof value === 'string' ? fromText(key, value) : value, named });
  }
  const files = Array.isArray(values['config']) ? values['config'] : [];
  if (files.length > 1) throw new Problem(`--config: given ${files.length} times; allowed: once`);
  const file = files[0];
  return {
    layer,
    file: typeof file === 'string' ? file : undefined,
    help: values['help'] === true,
    version: values['version'] === true,
  };
}

type Options = NonNullable<ParseArgsConfig['options']>;

function parse(argv: readonly string[], options: Options) {
  const config = { args: [...argv], options, allowNegative: true } as const;
  const { tokens } = parseArgs({ ...config, strict: false, allowPositionals: true, tokens: true });
  for (const token of tokens) {
    // Not quoted: a key given without its flag must not be printed.
    if (token.kind === 'positional')
      throw new Problem('an argument that belongs to no flag; allowed: flags alone (see --help)');
    if (token.kind === 'option') judgeFlag(token, options);
  }
  return parseArgs({ ...config, strict: true, allowPositionals: false });
}

interface Flag {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

/** What Node would say of it is written for programmers. A value is not quoted: the flag may be the wrong one for it. */
function judgeFlag({ name, rawName, value, inlineValue }: Flag, options: Options): void {
  const option = options[name];
  if (option === undefined || (option.type === 'string' && rawName === `--no-${name}`))
    throw new Problem(`${rawName}: no such flag; allowed: those of --help${suggestion(rawName, flags(options))}`);
  if (option.type === 'boolean' && value !== undefined)
    throw new Problem(`${rawName}: given a value; allowed: --${name} or --no-${name} alone`);
  if (option.type === 'string' && (value === undefined || (inlineValue !== true && value.startsWith('-')))) {
    const key = settingKeys.find((candidate) => flagName(candidate) === name);
    const allowed = key === undefined ? 'the path of a file' : settings[key].allowed;
    throw new Problem(`${rawName}: no value given; allowed: ${allowed}`);
  }
}

/** As they are typed; a switch may be negated. */
const flags = (options: Options): readonly string[] =>
  Object.entries(options).flatMap(([name, { type }]) =>
    type === 'boolean' ? [`--${name}`, `--no-${name}`] : [`--${name}`],
  );

function suggestion(word: string, known: readonly string[]): string {
  const meant = nearest(word, known);
  return meant === undefined ? '' : `; did you mean ${meant}?`;
}

function readEnvironment(environment: ConfigurationSources['environment']): Layer {
  const names = new Map(settingKeys.map((key) => [environmentName(key), key]));
  const layer = new Map<SettingKey, Given>();
  for (const [name, text] of Object.entries(environment)) {
    if (!name.startsWith('PINATA_') || text === undefined || name === fileVariable || variablesOfOthers.includes(name))
      continue;
    const key = names.get(name);
    if (key === undefined) {
      const known = [...names.keys()];
      throw new Problem(`${name}: no such setting; allowed: ${known.join(', ')}${suggestion(name, known)}`);
    }
    layer.set(key, { value: settings[key].kind === 'list' ? text.split(',') : fromText(key, text), named: name });
  }
  return layer;
}

function readConfigurationFile(path: string, readFile: (path: string) => string): Layer {
  const value = parseJson(path, readText(path, readFile));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Problem(`${path}: not a JSON object; allowed: {"httpPort": 8080, ...}`);
  }
  const layer = new Map<SettingKey, Given>();
  for (const [name, given] of Object.entries(value)) {
    const key = settingKeys.find((candidate) => candidate === name);
    if (key === undefined)
      throw new Problem(
        `${path}: ${JSON.stringify(name)}: no such key; allowed: ${settingKeys.join(', ')}${suggestion(name, settingKeys)}`,
      );
    layer.set(key, { value: given, named: `${path}: ${key}` });
  }
  return layer;
}

function readText(path: string, readFile: (path: string) => string): string {
  try {
    return readFile(path);
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new Problem(`--config: ${JSON.stringify(path)} cannot be read (${reason}); allowed: a file of JSON`);
  }
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Without V8's message, which quotes the text: a key file given by mistake must not be printed.
    throw new Problem(`${path}: not JSON; allowed: {"httpPort": 8080, ...}`);
  }
}

/** Text that is no number or no switch stays text, and the schema refuses it by its type. */
function fromText(key: SettingKey, text: string): unknown {
  switch (settings[key].kind) {
    case 'text':
    case 'list':
      return text;
    case 'number':
      return /^[0-9]{1,9}$/.test(text) ? Number(text) : text;
    case 'switch':
      return text === 'true' || text === 'false' ? text === 'true' : text;
  }
}
