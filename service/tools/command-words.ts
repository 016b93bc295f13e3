import { type ParseArgsConfig, parseArgs } from 'node:util';
import { endpoints, type PortKey } from '../bounty/endpoints.ts';
import { nearest } from '../nearest.ts';

/* The words of a command line, read as all verbs do: what is wrong with them is said in our words, with the value and what is allowed. */

/** What is wrong with a command line, for whoever typed it. */
export class Misuse extends Error {}

/** As `parseArgs` of Node. Throws a Misuse. */
export function parseWords<const Config extends ParseArgsConfig>(config: Config): ReturnType<typeof parseArgs<Config>> {
  const { options = {}, args } = config;
  const { tokens } = parseArgs({ args, options, strict: false, allowPositionals: true, tokens: true });
  for (const token of tokens) {
    if (token.kind === 'positional' && config.allowPositionals !== true)
      throw new Misuse(`${JSON.stringify(token.value)} is one word too many: this command takes options alone`);
    if (token.kind !== 'option') continue;
    const { name, rawName, value, inlineValue } = token;
    const option = options[name];
    if (option === undefined) throw new Misuse(unknownOption(rawName, Object.keys(options)));
    if (option.type === 'boolean' && value !== undefined)
      throw new Misuse(`${rawName} takes no value, and was given ${JSON.stringify(value)}`);
    if (option.type === 'string' && (value === undefined || (!inlineValue && value.startsWith('-'))))
      throw new Misuse(`${rawName} wants a value; one that begins with - is written ${rawName}=VALUE`);
  }
  return parseArgs<Config>(config);
}

function unknownOption(rawName: string, options: readonly string[]): string {
  // Of the commands that take the other ports: elsewhere it is no such port that is meant.
  if (rawName === '--http-port' && options.includes('https-port'))
    return `--http-port is no option of this command: the port of the page stands behind the host, as HOST:${defaultPort('http')}`;
  const meant = nearest(rawName, [...options.map((option) => `--${option}`), '--help']);
  return `${rawName} is no option of this command.${meant === undefined ? '' : ` Did you mean ${meant}?`}`;
}

/** A whole number of at most five digits. `name` is what it is called on the command line. */
export function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new Misuse(`${name} is ${JSON.stringify(text)}; allowed are whole numbers from ${least} to ${most}`);
}

export const portNumber = (name: string, text: string): number => wholeNumber(name, text, 1, 65_535);

export function defaultPort(key: PortKey): number {
  const endpoint = endpoints.find((candidate) => candidate.key === key);
  if (endpoint === undefined) throw new Error(`no endpoint is called ${key}`);
  return endpoint.defaultPort;
}

/** `host`, `host:port`, `[::1]:port`, or an IPv6 address as it is. The host comes without brackets. */
export function hostAndPort(text: string): { readonly host: string; readonly port: number | undefined } {
  const [, scheme, rest = ''] = /^([a-z][a-z0-9+.-]*:\/\/)(.*)$/i.exec(text) ?? [];
  if (scheme !== undefined) {
    const bare = rest.replace(/[/?#].*$/s, '');
    throw new Misuse(`${JSON.stringify(text)} is a URL; HOST is wanted${bare === '' ? '' : `, as ${bare}`}`);
  }
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^\s:[\]/@]+))(?::(.*))?$/.exec(text) ?? [];
  const host = bracketed ?? plain ?? (/^[0-9a-f:.%]+$/i.test(text) && text !== '' ? text : undefined);
  if (host === undefined)
    throw new Misuse(`${JSON.stringify(text)} is no host; allowed are a name or an address, as example.org or ::1`);
  return { host, port: port === undefined ? undefined : portNumber('PORT', port) };
}
