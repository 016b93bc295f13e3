import type { WriteStream } from 'node:tty';
import type { Style } from './sequence-diagram.ts';

/** How wide the output is and what it can show. Colour is for people alone (https://no-color.org). */
export function terminalStyle(stream: Pick<WriteStream, 'isTTY' | 'columns'>, environment: NodeJS.ProcessEnv): Style {
  const tty = stream.isTTY === true;
  const { NO_COLOR: noColor = '', TERM: term, COLUMNS: columns } = environment;
  return {
    width: tty ? stream.columns : Number(columns) || 100,
    colour: tty && noColor === '' && term !== 'dumb',
    unicode: isUnicode(environment),
  };
}

/** By the locale, as the C library decides; a terminal without any is a container's, and those are UTF-8 today. */
function isUnicode({ LC_ALL, LC_CTYPE, LANG, TERM }: NodeJS.ProcessEnv): boolean {
  const locale = [LC_ALL, LC_CTYPE, LANG].find((value) => value !== undefined && value !== '');
  return TERM !== 'linux' && (locale === undefined || /utf-?8/i.test(locale));
}
