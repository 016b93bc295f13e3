/* What is said to the website, as the lines that it would be read as. A diagram escapes what no terminal should see. */

/** Letters, so that a line fits between the lanes of the narrowest terminal. */
const [FIRST, OTHERS] = [32, 36];
const MOST_LINES = 9;

/** The first line and the length of all, then the lines behind it; the long are cut, and the many left out. */
export function requestWords(bytes: Uint8Array): readonly [string, ...string[]] {
  const text = Buffer.from(bytes).toString('latin1');
  const [first = '', ...rest] = text.replace(/(?:\r\n)+$/, '').split('\r\n');
  const shown = rest.slice(0, MOST_LINES);
  const left = rest.length - shown.length;
  return [
    `${cut(first, FIRST) || 'an empty line'} (${bytes.length} bytes)`,
    ...shown.map((line) => (line.length <= OTHERS ? line : `${cut(line, OTHERS)} (${line.length} bytes)`)),
    ...(left > 0 ? [`and ${left} ${left === 1 ? 'line' : 'lines'} more`] : []),
  ];
}

const cut = (line: string, most: number): string => (line.length <= most ? line : `${line.slice(0, most)}...`);
