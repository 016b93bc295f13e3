import { environmentName, flagName, presetOf, type SettingKey, settingKeys, settings } from './settings.ts';

/* What people read about the settings, from the same table that judges them. */

const groups = [...new Set(settingKeys.map((key) => settings[key].group))];
const keysOf = (group: string): readonly SettingKey[] => settingKeys.filter((key) => settings[key].group === group);

const placeholderOf = (key: SettingKey): string => {
  const setting = settings[key];
  return 'placeholder' in setting && setting.placeholder !== undefined ? ` ${setting.placeholder}` : '';
};

function presetText(key: SettingKey): string {
  const preset = presetOf(key);
  if (preset === undefined) return '';
  return Array.isArray(preset) ? preset.join(',') : String(preset);
}

/** `--help`. */
export function usage(command: string): string {
  const width = Math.max(...settingKeys.map((key) => flagName(key).length + placeholderOf(key).length)) + 4;
  const line = (flag: string, summary: string) => `  ${flag.padEnd(width)}${summary}`;
  const settingLine = (key: SettingKey): string => {
    const preset = presetText(key);
    const listed = settings[key].kind === 'list' ? '; repeat it or separate by commas' : '';
    return line(
      `--${flagName(key)}${placeholderOf(key)}`,
      `${settings[key].summary}${listed}${preset === '' || preset === 'false' ? '' : ` (${preset})`}`,
    );
  };
  return [
    `Usage: ${command} [flags]`,
    '',
    'Runs the piñata: a TLS stack that guards the key of a bitcoin wallet and sends it to whoever authenticates.',
    'Without flags it listens on loopback, with a regtest wallet made in memory that is worth nothing.',
    '',
    ...groups.flatMap((group) => [`${group}:`, ...keysOf(group).map(settingLine), '']),
    'More:',
    line('--config FILE', 'a JSON object of settings; PINATA_CONFIG names it too'),
    line('--help, -h', 'this text'),
    line('--version', 'the version'),
    '',
    'Each flag has a variable (--http-port: PINATA_HTTP_PORT) and a key in the file (httpPort).',
    'Flags go before variables, and variables before the file. See docs/configuration.md.',
    '',
  ].join('\n');
}

/** docs/configuration.md, whole. A test compares the file with this text. */
export function configurationDocument(): string {
  const row = (key: SettingKey): string => {
    const preset = presetText(key);
    const flag = `\`--${flagName(key)}${placeholderOf(key)}\``;
    return `| ${flag}<br>\`${environmentName(key)}\`<br>\`${key}\` | ${settings[key].summary} | ${settings[key].allowed} | ${preset === '' ? '' : `\`${preset}\``} |`;
  };
  return [
    '# Configuration',
    '',
    'Each setting has a flag, a variable and a key in the configuration file, in this order of precedence:',
    'a flag wins over a variable, and a variable over the file. The file is a JSON object, named by `--config FILE` or',
    '`PINATA_CONFIG`. In flags and variables a list is separated by commas, and a flag of a list may be repeated; in the',
    'file a list is an array, a number a number, a switch `true` or `false`.',
    '',
    'A wrong value is refused with its name, the value and what is allowed, and so is a name that is not in the tables',
    'below; the exit status is 2 then.',
    '',
    'This file is made from `service/host/settings.ts` by `npx vitest run test/host/configuration.test.ts -u`.',
    '',
    ...groups.flatMap((group) => [
      `## ${group}`,
      '',
      '| name | what it does | allowed | without it |',
      '|---|---|---|---|',
      ...keysOf(group).map(row),
      '',
    ]),
    '## An example',
    '',
    '```json',
    JSON.stringify(
      {
        listen: ['0.0.0.0', '::'],
        network: 'signet',
        wallet: 'vault',
        refundKey: '02c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5',
        refundHeight: 400_000,
        data: '/var/lib/pinata',
        sealPassphraseFile: '/run/credentials/pinata.service/passphrase',
        name: ['pinata.example'],
      },
      undefined,
      2,
    ),
    '```',
    '',
    '## Sockets handed in',
    '',
    'Where `LISTEN_FDS` is set (systemd socket activation) the process listens on those descriptors and opens no port of',
    'its own. `LISTEN_FDNAMES` tells which is which: `http`, `https`, `server`, `dialback` and `reverse`, each once or more,',
    'and `management`, where there is one. With `--threads` a name may say the thread ([threads.md](threads.md)).',
    '',
    '## The wallet',
    '',
    'What the kinds of wallet are, where a key comes from and what keeps it: [wallet.md](wallet.md). In short:',
    '',
    '- on regtest, without any flag, a classic wallet is made in memory, and forgotten;',
    '- on every other network `--wallet` says which kind it is (with `--key-file` or `--key-credential` it is classic), and',
    '  one of `--key-file`, `--key-credential`, `--seal-passphrase-file`, `--seal-systemd-creds` and `--ephemeral` says what',
    '  keeps the key;',
    '- a vault takes `--refund-key` and `--refund-height`, and no key that is handed in.',
    '',
    '## Files with a secret',
    '',
    'A key file has one line of WIF, a passphrase file one line of 12 to 1024 bytes, and nothing else. Each must be a regular',
    'file that its owner alone may read (mode 0600 or 0400; in `$CREDENTIALS_DIRECTORY` also 0440 of root, as systemd makes',
    'them); it is read once, into a buffer, and never printed.',
    '',
  ].join('\n');
}
