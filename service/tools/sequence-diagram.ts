import type { Fact } from './hello-facts.ts';

/*
 * A sequence diagram as lines of text: two lanes, or three where something stands between, time to the left, an arrow
 * for each thing that passes. Pure: the caller knows the terminal, this knows only its width and what it can show.
 */

export interface Style {
  /** Columns of the terminal. */
  readonly width: number;
  readonly colour: boolean;
  /** Box-drawing characters; without, ASCII. */
  readonly unicode: boolean;
}

export interface Lane {
  readonly title: string;
  readonly address: string;
}

export interface Lanes {
  readonly left: Lane;
  /** What everything passes through, if there is anything. */
  readonly middle?: Lane;
  readonly right: Lane;
}

export type Kind = 'clear' | 'encrypted' | 'alert' | 'stream';

export interface Arrow {
  /** Milliseconds since the diagram began. */
  readonly at: number;
  readonly towards: 'left' | 'right';
  readonly kind: Kind;
  readonly label: string;
}

type Colour = 'dim' | 'bold' | 'cyan' | 'green' | 'red' | 'yellow';
const codes: Readonly<Record<Colour, number>> = { dim: 2, bold: 1, cyan: 36, green: 32, red: 31, yellow: 33 };
const kindColour: Readonly<Record<Kind, Colour>> = {
  clear: 'cyan',
  encrypted: 'green',
  alert: 'red',
  stream: 'yellow',
};

const glyphs = {
  unicode: { lane: '│', cross: '┼', left: '◀', right: '▶', clear: '─', encrypted: '═', alert: '─', stream: '╌' },
  ascii: { lane: '|', cross: '+', left: '<', right: '>', clear: '-', encrypted: '=', alert: '-', stream: '.' },
} as const;

const TIME_WIDTH = 11;
const MIN_WIDTH = 72;
const MAX_WIDTH = 110;

export class SequenceDiagram {
  readonly #style: Style;
  readonly #left = TIME_WIDTH + 2;
  readonly #middle: number | undefined;
  readonly #right: number;

  constructor(style: Style, lanes: 2 | 3 = 3) {
    this.#style = style;
    const width = Math.min(Math.max(style.width, MIN_WIDTH), MAX_WIDTH);
    this.#right = width - 3;
    this.#middle = lanes === 2 ? undefined : Math.floor((this.#left + this.#right) / 2);
  }

  heading({ left, middle, right }: Lanes): readonly string[] {
    return [
      this.#paint('bold', this.#titles(left.title, middle?.title, right.title)),
      this.#paint('dim', this.#titles(left.address, middle?.address, right.address)),
      this.#rule(),
    ];
  }

  legend(): string {
    const { clear, encrypted } = this.#glyphs;
    const entry = (kind: 'clear' | 'encrypted', line: string, text: string) =>
      `${this.#paint(kindColour[kind], line.repeat(3))} ${this.#paint('dim', text)}`;
    return ' '.repeat(this.#left) + entry('clear', clear, 'in clear   ') + entry('encrypted', encrypted, 'encrypted');
  }

  /** One thing that passes from lane to lane. */
  arrow({ at, towards, kind, label }: Arrow): string {
    const { cross, left, right } = this.#glyphs;
    const line = this.#glyphs[kind];
    const body = Array<string>(this.#right - this.#left - 1).fill(line);
    const middle = this.#middle === undefined ? undefined : this.#middle - this.#left - 1;
    if (middle !== undefined) body[middle] = cross;
    if (towards === 'left') body[0] = left;
    else body[body.length - 1] = right;
    // In the half where it comes from; across the middle where it is too long for that, or where there is none.
    const text = ` ${printable(label)} `;
    const [start, end] =
      middle === undefined ? [1, body.length - 1] : towards === 'left' ? [middle + 1, body.length - 1] : [1, middle];
    const room = end - start - 2;
    const offset =
      text.length <= room
        ? start + 1 + Math.floor((room - text.length) / 2)
        : Math.max(2, Math.floor((body.length - text.length) / 2));
    const shown = [...text].slice(0, body.length - 4);
    body.splice(offset, shown.length, ...shown);
    const lane = this.#paint('dim', this.#glyphs.lane);
    return `${this.#time(at)}${lane}${this.#paint(kindColour[kind], body.join(''))}${lane}`;
  }

  /** What a message in clear says, under its arrow. */
  facts(facts: readonly Fact[]): readonly string[] {
    const names = Math.max(0, ...facts.map(({ name }) => name.length));
    const room = this.#right - this.#left - 1 - names - 6;
    return facts.flatMap(({ name, value }) =>
      wrap(printable(value), room).map((part, index) => {
        const text = `  ${(index === 0 ? name : '').padEnd(names)}  ${part}`;
        return this.#note(text.padEnd(this.#right - this.#left - 1));
      }),
    );
  }

  /** A remark between the lanes. */
  remark(text: string): readonly string[] {
    const room = this.#right - this.#left - 5;
    return wrap(printable(text), room).map((part) => this.#note(`  ${part}`.padEnd(room + 4)));
  }

  /** The lanes alone. */
  rule(): string {
    return this.#rule();
  }

  #note(text: string): string {
    const lane = this.#paint('dim', this.#glyphs.lane);
    return `${' '.repeat(this.#left)}${lane}${this.#paint('dim', text)}${lane}`;
  }

  #rule(): string {
    const lane = this.#glyphs.lane;
    const gap = (from: number, to: number) => ' '.repeat(to - from - 1);
    const lanes =
      this.#middle === undefined
        ? lane + gap(this.#left, this.#right) + lane
        : lane + gap(this.#left, this.#middle) + lane + gap(this.#middle, this.#right) + lane;
    return ' '.repeat(this.#left) + this.#paint('dim', lanes);
  }

  #time(at: number): string {
    const text = at < 10_000 ? `${at.toFixed(1)} ms` : `${(at / 1000).toFixed(2)} s`;
    return this.#paint('dim', text.padStart(TIME_WIDTH)) + ' '.repeat(this.#left - TIME_WIDTH);
  }

  /** Titles stand over their lanes; the outer ones are moved in where they would not fit. */
  #titles(left: string, middle: string | undefined, right: string): string {
    const row = Array<string>(this.#right + 3).fill(' ');
    const titles: readonly (readonly [string, number])[] = [
      [left, this.#left],
      ...(middle === undefined || this.#middle === undefined ? [] : [[middle, this.#middle] as const]),
      [right, this.#right],
    ];
    for (const [text, lane] of titles) {
      const letters = [...printable(text)];
      const start = Math.min(
        Math.max(lane - Math.floor(letters.length / 2), 0),
        Math.max(0, row.length - letters.length),
      );
      row.splice(start, letters.length, ...letters);
    }
    return row.join('').trimEnd();
  }

  get #glyphs() {
    return this.#style.unicode ? glyphs.unicode : glyphs.ascii;
  }

  #paint(colour: Colour, text: string): string {
    return paint(this.#style, colour, text);
  }
}

export function paint({ colour }: Pick<Style, 'colour'>, name: Colour, text: string): string {
  return colour ? `\u001b[${codes[name]}m${text}\u001b[0m` : text;
}

/** A peer chose these letters: none of them may steer the terminal. */
export const printable = (text: string): string =>
  text.replace(
    /[^\u0020-\u007e\u00a1-\u024f]/g,
    (letter) => `\\x${(letter.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}`,
  );

/** Lines of at most `room` letters, broken at spaces where there are any. */
function wrap(text: string, room: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
    while (line.length > room) {
      lines.push(line.slice(0, room));
      line = line.slice(room);
    }
  }
  return [...lines, line];
}
