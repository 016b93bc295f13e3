import { isRecovery, type Recovery } from '../service/bitcoin/index.ts';
import { configure } from '../service/host/configuration.ts';
import type { Configuration } from '../service/host/settings.ts';
import { keepingOf } from '../service/host/wallet-settings.ts';
import { Misuse, parseWords } from '../service/tools/command-words.ts';

/* The command lines of `btc-pinata wallet`, and what they say together. */

export interface NewWallet {
  readonly verb: 'new';
  readonly configuration: Configuration;
  readonly data: string;
  readonly recovery: Recovery;
  readonly recoveryCopy: string;
  readonly json: boolean;
}
export interface ShowWallet {
  readonly verb: 'show';
  readonly data: string;
  readonly json: boolean;
}
export interface RecoverWallet {
  readonly verb: 'recover';
  readonly identity: string;
  readonly copy: string;
  /** Undefined: printed. */
  readonly out: string | undefined;
}

/** Throws a Misuse. */
export function parseWalletOptions([verb, ...words]: readonly string[]): NewWallet | ShowWallet | RecoverWallet {
  switch (verb) {
    case 'new':
      return newWallet(words);
    case 'show':
      return showWallet(words);
    case 'recover':
      return recoverWallet(words);
    case undefined:
      throw new Misuse('what to do with it is missing: new, show or recover');
    default:
      throw new Misuse(`${JSON.stringify(verb)} is nothing it can do; allowed are new, show and recover`);
  }
}

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;

/** What `run` takes as well, and judges. */
const shared = {
  network: text,
  wallet: text,
  'refund-key': text,
  'refund-height': text,
  data: text,
  'seal-passphrase-file': text,
} as const;

function newWallet(words: readonly string[]): NewWallet {
  const options = { ...shared, 'seal-systemd-creds': flag, recovery: text, 'recovery-copy': text, json: flag } as const;
  const { values } = parseWords({ args: [...words], options });
  const { data, recovery = 'none' } = values;
  if (data === undefined) throw new Misuse('--data is missing: the directory that the sealed key is kept in');
  if (values['seal-passphrase-file'] === undefined && values['seal-systemd-creds'] !== true)
    throw new Misuse('how to seal the key is missing: --seal-passphrase-file FILE or --seal-systemd-creds');
  if (!isRecovery(recovery)) {
    throw new Misuse(
      `--recovery is ${JSON.stringify(recovery)}; wanted is an age recipient, as age-keygen prints: age1...`,
    );
  }
  const argv = Object.keys(shared).flatMap((name) => {
    const value = values[name as keyof typeof shared];
    return value === undefined ? [] : [`--${name}=${value}`];
  });
  const sealed = values['seal-systemd-creds'] === true ? ['--seal-systemd-creds'] : [];
  const result = configure({ argv: [...argv, ...sealed], environment: {}, readFile: () => '' });
  if (result.type === 'problems') throw new Misuse(result.problems.join('\n'));
  if (result.type !== 'run' || keepingOf(result.configuration).type !== 'sealed')
    throw new TypeError('flags that seal a wallet were read as others');
  const { configuration } = result;
  const copied = recovery !== 'none';
  if (copied && configuration.wallet === 'vault')
    throw new Misuse(
      '--recovery: a vault has no copy of its key, its recovery is the refund; allowed with --wallet classic',
    );
  if (values['recovery-copy'] !== undefined && !copied) throw new Misuse('--recovery-copy: needs --recovery age1...');
  const recoveryCopy = values['recovery-copy'] ?? `${data}/wallet-recovery.age`;
  return { verb: 'new', configuration, data, recovery, recoveryCopy, json: values.json === true };
}

function showWallet(words: readonly string[]): ShowWallet {
  const { values } = parseWords({ args: [...words], options: { data: text, json: flag } });
  if (values.data === undefined) throw new Misuse('--data is missing: the directory that has wallet.sealed');
  return { verb: 'show', data: values.data, json: values.json === true };
}

function recoverWallet(words: readonly string[]): RecoverWallet {
  const options = { identity: text, out: text, print: flag } as const;
  const { values, positionals } = parseWords({ args: [...words], options, allowPositionals: true });
  const [copy, ...more] = positionals;
  const { identity, out } = values;
  if (copy === undefined) throw new Misuse('the recovery copy is missing: a file that `wallet new --recovery` wrote');
  if (more.length > 0) throw new Misuse(`${more.length + 1} files were given; wanted is one recovery copy`);
  if (identity === undefined)
    throw new Misuse('--identity is missing: the file with the age identity that opens the copy');
  if ((out === undefined) === (values.print !== true))
    throw new Misuse('where to is missing, or said twice: --out FILE, or --print, which shows the key on your screen');
  return { verb: 'recover', identity, copy, out };
}
