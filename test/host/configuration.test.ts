import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type ConfigurationSources, configure } from '../../service/host/configuration.ts';
import { configurationDocument, usage } from '../../service/host/configuration-document.ts';
import { environmentName, flagName, settingKeys } from '../../service/host/settings.ts';

const sources = (changes: Partial<ConfigurationSources> & { readonly file?: unknown } = {}): ConfigurationSources => ({
  argv: [],
  environment: {},
  readFile: () => (typeof changes.file === 'string' ? changes.file : JSON.stringify(changes.file)),
  ...changes,
});

function configured(changes: Parameters<typeof sources>[0]) {
  const result = configure(sources(changes));
  if (result.type !== 'run') throw new Error(JSON.stringify(result));
  return result.configuration;
}

function problems(changes: Parameters<typeof sources>[0]): readonly string[] {
  const result = configure(sources(changes));
  return result.type === 'problems' ? result.problems : [`no problem, but ${result.type}`];
}

describe('a configuration', () => {
  test('is whole without anything given: loopback, regtest, no key', () => {
    expect(configured({})).toMatchObject({
      listen: ['127.0.0.1'],
      httpPort: 8080,
      httpsPort: 8443,
      serverPort: 10_000,
      dialbackPort: 10_001,
      reversePort: 10_002,
      dialbackTargetPort: 40_001,
      network: 'regtest',
      tls: ['1.2', '1.3'],
      json: false,
    });
    expect(configured({})).not.toHaveProperty('tlsWebsite');
    expect(configured({})).not.toHaveProperty('keyFile');
    expect(configured({})).not.toHaveProperty('allowPrivateDialback');
  });

  test('takes flags before variables, and variables before the file', () => {
    const file = { httpPort: 1001, httpsPort: 1002, serverPort: 1003, listen: ['::1'] };
    const environment = { PINATA_CONFIG: 'c.json', PINATA_HTTPS_PORT: '2002', PINATA_SERVER_PORT: '2003' };
    expect(configured({ file, environment, argv: ['--server-port', '3003'] })).toMatchObject({
      httpPort: 1001,
      httpsPort: 2002,
      serverPort: 3003,
      listen: ['::1'],
    });
  });

  test('reads the file that --config names before the one PINATA_CONFIG names', () => {
    const read: string[] = [];
    const readFile = (path: string) => {
      read.push(path);
      return '{}';
    };
    configured({ readFile, environment: { PINATA_CONFIG: 'b.json' }, argv: ['--config', 'a.json'] });
    expect(read).toEqual(['a.json']);
  });

  test('takes lists repeated and separated by commas', () => {
    expect(configured({ argv: ['--listen', '127.0.0.1,::1', '--listen', '10.0.0.1'] }).listen).toEqual([
      '127.0.0.1',
      '::1',
      '10.0.0.1',
    ]);
    expect(configured({ environment: { PINATA_NAME: 'a.example,b.example' } }).name).toEqual([
      'a.example',
      'b.example',
    ]);
  });

  test('takes versions of TLS for all, and for one role', () => {
    expect(configured({ argv: ['--tls', '1.3'] }).tls).toEqual(['1.3']);
    expect(configured({ argv: ['--tls', '1.3', '--tls', '1.2'] }).tls).toEqual(['1.3', '1.2']);
    expect(
      configured({ environment: { PINATA_TLS_SERVER: '1.2' }, file: { tlsClient: ['1.3'] }, argv: ['--config', 'c'] }),
    ).toMatchObject({ tls: ['1.2', '1.3'], tlsServer: ['1.2'], tlsClient: ['1.3'] });
  });

  test('takes switches on and off', () => {
    expect(configured({ argv: ['--json', '--no-allow-private-dialback'] })).toMatchObject({
      json: true,
      allowPrivateDialback: false,
    });
    expect(configured({ environment: { PINATA_JSON: 'true' } }).json).toBe(true);
    expect(configured({ environment: { PINATA_JSON: 'true' }, argv: ['--no-json'] }).json).toBe(false);
  });

  test('answers --help and --version whatever else is wrong', () => {
    expect(configure(sources({ argv: ['--help', '--http-port', 'x'] }))).toEqual({ type: 'help' });
    expect(configure(sources({ argv: ['--version'], environment: { PINATA_HTTP_PORT: 'x' } }))).toEqual({
      type: 'version',
    });
  });
});

describe('a wrong value names the key, the value and what is allowed', () => {
  test.each([
    [
      ['--http-port', '65536'],
      '--http-port: 65536 is not allowed; allowed: a port from 0 to 65535; 0 takes any free one',
    ],
    [['--http-port', '-1'], /^--http-port: no value given; allowed: a port/],
    [
      ['--http-port', '0x50'],
      '--http-port: "0x50" is not allowed; allowed: a port from 0 to 65535; 0 takes any free one',
    ],
    [['--http-port', ''], '--http-port: "" is not allowed; allowed: a port from 0 to 65535; 0 takes any free one'],
    [['--http-port', '1', '--http-port', '2'], '--http-port: given 2 times; allowed: once'],
    [['--dialback-target-port', '0'], '--dialback-target-port: 0 is not allowed; allowed: a port from 1 to 65535'],
    [['--network', 'testnet'], '--network: "testnet" is not allowed; allowed: regtest, signet, testnet4, mainnet'],
    [
      ['--listen', 'localhost'],
      '--listen: ["localhost"] is not allowed; allowed: IPv4 or IPv6 addresses; `0.0.0.0` and `::` are all of them',
    ],
    [
      ['--name', 'UPPER.example'],
      '--name: ["UPPER.example"] is not allowed; allowed: DNS names in lower case, or IP addresses',
    ],
    [['--status-page', 'http://a.example'], '--status-page: "http://a.example" is not allowed; allowed: an https: URL'],
    [
      ['--contact', 'javascript:alert(1)'],
      '--contact: "javascript:alert(1)" is not allowed; allowed: a mailto: or https: URI',
    ],
    [['--tls', '1.1,1.2'], '--tls: ["1.1","1.2"] is not allowed; allowed: 1.2, 1.3 or both, each once'],
    [['--tls', '1.3,1.3'], '--tls: ["1.3","1.3"] is not allowed; allowed: 1.2, 1.3 or both, each once'],
    [['--tls-website', ''], '--tls-website: [""] is not allowed; allowed: 1.2, 1.3 or both, each once'],
    [['--htpp-port', '1'], '--htpp-port: no such flag; allowed: those of --help; did you mean --http-port?'],
    [['--no-jsn'], '--no-jsn: no such flag; allowed: those of --help; did you mean --no-json?'],
    [['--elephant', '1'], '--elephant: no such flag; allowed: those of --help'],
    [['-p', '1'], '-p: no such flag; allowed: those of --help'],
    [['--no-http-port'], /^--no-http-port: no such flag/],
    [['--http-port'], /^--http-port: no value given; allowed: a port from 0 to 65535/],
    [['--http-port', '--json'], /^--http-port: no value given/],
    [['--config'], /^--config: no value given; allowed: the path of a file$/],
    [['--json=maybe'], /^--json: given a value; allowed: --json or --no-json alone$/],
    [['cVpF-a-key-without-its-flag'], /^(?!.*cVpF).*an argument that belongs to no flag/],
    [['--json=maybe'], /--json/],
  ])('%j', (argv, problem) => {
    const found = problems({ argv });
    expect(found).toHaveLength(1);
    if (typeof problem === 'string') expect(found[0]).toBe(problem);
    else expect(found[0]).toMatch(problem);
  });

  test('in a variable, by its name; a variable that is no setting is refused, but for those of the tests', () => {
    expect(problems({ environment: { PINATA_HTTP_PORT: 'eighty' } })).toEqual([
      'PINATA_HTTP_PORT: "eighty" is not allowed; allowed: a port from 0 to 65535; 0 takes any free one',
    ]);
    expect(problems({ environment: { PINATA_NETWROK: 'regtest' } })[0]).toMatch(
      /^PINATA_NETWROK: no such setting; allowed: PINATA_LISTEN, .*; did you mean PINATA_NETWORK\?$/,
    );
    expect(configured({ environment: { PINATA_VECTORS: '/x', PINATA_REQUIRE_ALL: '1', PATH: '/bin' } }).httpPort).toBe(
      8080,
    );
  });

  test('in the file, by path and key; text is no number there', () => {
    const environment = { PINATA_CONFIG: 'c.json' };
    expect(problems({ environment, file: { httpPort: '80' } })).toEqual([
      'c.json: httpPort: "80" is not allowed; allowed: a port from 0 to 65535; 0 takes any free one',
    ]);
    expect(problems({ environment, file: { httpport: 80 } })[0]).toMatch(
      /^c\.json: "httpport": no such key; allowed: listen, .*; did you mean httpPort\?$/,
    );
    expect(problems({ environment, file: '{"__proto__":{"json":true}}' })[0]).toMatch(
      /^c\.json: "__proto__": no such key/,
    );
    expect(problems({ environment, file: [] })[0]).toMatch(/^c\.json: not a JSON object/);
    expect(problems({ environment, file: 'cSecretThatIsNoJson' })).toEqual([
      'c.json: not JSON; allowed: {"httpPort": 8080, ...}',
    ]);
    const missing = () => {
      throw Object.assign(new Error('secret path'), { code: 'ENOENT' });
    };
    expect(problems({ environment, readFile: missing })).toEqual([
      '--config: "c.json" cannot be read (ENOENT); allowed: a file of JSON',
    ]);
  });

  test('all wrong values are named at once', () => {
    expect(problems({ argv: ['--http-port', 'x', '--server-port', 'y'] })).toHaveLength(2);
  });
});

describe('what values say together', () => {
  test('networks whose coins are worth something know no test credentials', () => {
    for (const network of ['signet', 'testnet4', 'mainnet']) {
      const found = problems({ argv: ['--network', network, '--key-file', 'k', '--test-credentials', 'd'] });
      expect(found).toEqual([
        `--test-credentials: not allowed with --network "${network}": who has them is sent the key; allowed: regtest`,
      ]);
    }
    expect(configured({ argv: ['--test-credentials', 'd'] }).testCredentials).toBe('d');
  });

  test('one port has one listener', () => {
    expect(problems({ argv: ['--http-port', '10000'] })).toEqual([
      '--http-port and --server-port: 10000 is given to each; allowed: once, or 0',
    ]);
    expect(configured({ argv: ['--http-port', '0', '--https-port', '0'] }).httpPort).toBe(0);
  });
});

describe('what people read', () => {
  test('--help names every flag, within the width of a screen where it can', () => {
    const text = usage('btc-pinata run');
    for (const key of settingKeys) expect(text).toContain(`--${flagName(key)}`);
    expect(text).toMatch(/^Usage: btc-pinata run \[flags\]\n/);
  });

  test('docs/configuration.md is what the table says (write it with `npx vitest run test/host/configuration.test.ts -u`)', async () => {
    const text = configurationDocument();
    for (const key of settingKeys) expect(text).toContain(`\`${environmentName(key)}\``);
    await expect(text).toMatchFileSnapshot(resolve(import.meta.dirname, '../../docs/configuration.md'));
  });

  test('its example is a configuration', () => {
    const example = /```json\n(.*?)```/s.exec(configurationDocument())?.[1];
    expect(configured({ argv: ['--config', 'example.json'], file: example }).network).toBe('signet');
  });
});
