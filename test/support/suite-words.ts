/** Of a command of the tests: what it is, and its options. */
export interface SuiteUsage {
  /** `npm run test:host`. */
  readonly command: string;
  /** What it does, how long it takes, and what it needs. */
  readonly about: string;
  /** Option -> what it does. */
  readonly options: Readonly<Record<`--${string}`, string>>;
}

export interface SuiteWords {
  has(option: `--${string}`): boolean;
  /** Those that pick files by their names. */
  readonly words: readonly string[];
}

/**
 * Of a command line. The exit status where that is all: 0, and it was said how the command is used; 2, and what was not
 * understood. Nothing is installed for a question.
 */
export function suiteWords({ command, about, options }: SuiteUsage, argv: readonly string[]): SuiteWords | number {
  if (argv.some((word) => word === '--help' || word === '-h')) {
    const rows = Object.entries(options).map(([option, does]) => `\n  ${option.padEnd(14)}${does}`);
    console.log(
      `${command} [-- [OPTION ...] [WORD ...]]\n${about}\nA WORD picks the files that have it in their names.\n${rows.join('')}`,
    );
    return 0;
  }
  const unknown = argv.find((word) => word.startsWith('-') && !(word in options));
  if (unknown !== undefined) {
    console.error(`${command}: there is no option ${JSON.stringify(unknown)}; \`${command} -- --help\` lists them`);
    return 2;
  }
  return {
    has: (option) => argv.includes(option),
    words: argv.filter((word) => !word.startsWith('-')),
  };
}
