/*
 * A reader of OpenMetrics 1.0 text that lets nothing pass which the specification forbids, as far as our types go. It shares
 * nothing with what writes it.
 */

export interface ReadSample {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

export interface ReadFamily {
  readonly name: string;
  readonly type: string;
  readonly unit: string | undefined;
  readonly help: string | undefined;
  readonly samples: readonly ReadSample[];
}

const types = ['counter', 'gauge', 'histogram', 'gaugehistogram', 'stateset', 'info', 'summary', 'unknown'];
const suffixes: Readonly<Record<string, readonly string[]>> = {
  counter: ['_total', '_created'],
  gauge: [''],
  info: ['_info'],
  summary: ['', '_sum', '_count', '_created'],
};

/** Throws with the number of the line that is wrong. */
export function readOpenMetrics(text: string): readonly ReadFamily[] {
  if (!text.endsWith('\n')) throw new Error('the last line does not end');
  const lines = text.slice(0, -1).split('\n');
  if (lines.at(-1) !== '# EOF') throw new Error('the last line is not # EOF');
  const families: (ReadFamily & { readonly samples: ReadSample[] })[] = [];
  const seen = new Set<string>();
  for (const [index, line] of lines.slice(0, -1).entries()) {
    const wrong = (why: string): never => {
      throw new Error(`line ${index + 1}, ${why}: ${line}`);
    };
    const [, keyword, name = '', rest = ''] = /^# (TYPE|UNIT|HELP) ([a-zA-Z_:][\w:]*) (.*)$/s.exec(line) ?? [];
    const last = families.at(-1);
    if (keyword === 'TYPE') {
      if (!types.includes(rest)) wrong('no type');
      if (families.some((family) => family.name === name)) wrong('a family twice, or torn apart');
      families.push({ name, type: rest, unit: undefined, help: undefined, samples: [] });
      continue;
    }
    if (last === undefined) throw new Error(`line ${index + 1}, before any TYPE: ${line}`);
    if (keyword !== undefined) {
      if (name !== last.name) wrong('metadata of another family');
      if (last.samples.length > 0) wrong('metadata after samples');
      const known = keyword === 'UNIT' ? last.unit : last.help;
      if (known !== undefined) wrong('said twice');
      if (keyword === 'UNIT' && !name.endsWith(`_${rest}`)) wrong('a unit that the name does not end in');
      families[families.length - 1] = { ...last, ...(keyword === 'UNIT' ? { unit: rest } : { help: unescaped(rest) }) };
      continue;
    }
    const sample = readSample(line) ?? wrong('no sample');
    const identity = `${sample.name}${JSON.stringify([...sample.labels].map((pair) => pair.join('=')).toSorted((one, other) => one.localeCompare(other)))}`;
    if (seen.has(identity)) wrong('a sample twice');
    seen.add(identity);
    if (!(suffixes[last.type] ?? []).some((suffix) => sample.name === `${last.name}${suffix}`))
      wrong(`no sample of ${last.name}, a ${last.type}`);
    if (last.type === 'counter' && !(sample.value >= 0)) wrong('a counter below 0');
    if (last.type === 'info' && sample.value !== 1) wrong('an info that is not 1');
    const quantile = sample.labels.get('quantile');
    if (last.type !== 'summary' && quantile !== undefined) wrong('a quantile that is of no summary');
    if (last.type === 'summary' && sample.name === last.name && !(Number(quantile) >= 0 && Number(quantile) <= 1))
      wrong('no quantile');
    last.samples.push(sample);
  }
  return families;
}

const number = /^(?:[+-]?(?:Inf|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)|NaN)$/;

function readSample(line: string): ReadSample | undefined {
  const [, name, block, , value = ''] =
    /^([a-zA-Z_:][\w:]*)(\{((?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\n"])*",?)*)\})? (\S+)$/.exec(line) ?? [];
  if (name === undefined || !number.test(value)) return undefined;
  const labels = new Map<string, string>();
  if (block !== undefined) {
    if (/,\}$|^\{\}$/.test(block)) return undefined;
    for (const [, label = '', text = ''] of block.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\\n]|\\[\\n"])*)"/g)) {
      if (labels.has(label)) return undefined;
      labels.set(label, unescaped(text));
    }
  }
  return { name, labels, value: value.endsWith('Inf') ? Number(`${value}inity`) : Number(value) };
}

const unescaped = (text: string): string => text.replace(/\\([\\n"])/g, (_, sign) => (sign === 'n' ? '\n' : sign));
