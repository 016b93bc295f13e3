/*
 * The text format of OpenMetrics 1.0 (github.com/prometheus/OpenMetrics, specification/OpenMetrics.md), which Prometheus
 * reads: families of one type each, their metadata before their samples, and a last line that says that it is the last.
 */

export const openMetricsType = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

type Labels = Readonly<Record<string, string>>;

export interface Sample {
  readonly labels?: Labels;
  readonly value: number;
}

interface Named {
  /** Without the suffix of its type; it ends in its unit, where it has one. */
  readonly name: string;
  readonly help: string;
  readonly unit?: 'bytes' | 'seconds';
}

export type MetricFamily = Named &
  (
    | { readonly type: 'gauge' | 'counter'; readonly samples: readonly Sample[] }
    /** Always 1: what it says is in the labels. */
    | { readonly type: 'info'; readonly labels: Labels }
    | {
        readonly type: 'summary';
        readonly quantiles: readonly (readonly [number, number])[];
        sum: number;
        count: number;
      }
  );

/** Throws RangeError on a name that the format has no place for: names are constants of ours. */
export const openMetrics = (families: readonly MetricFamily[]): string =>
  [...families.flatMap(familyLines), '# EOF', ''].join('\n');

function familyLines(family: MetricFamily): readonly string[] {
  const { name, help, type, unit } = family;
  if (!/^[a-z][a-z0-9_]*$/.test(name) || (unit !== undefined && !name.endsWith(`_${unit}`)))
    throw new RangeError(`no name for a metric${unit === undefined ? '' : ` in ${unit}`}: ${name}`);
  return [
    `# TYPE ${name} ${type}`,
    ...(unit === undefined ? [] : [`# UNIT ${name} ${unit}`]),
    `# HELP ${name} ${escaped(help)}`,
    ...sampleLines(family),
  ];
}

function sampleLines(family: MetricFamily): readonly string[] {
  const { name } = family;
  switch (family.type) {
    case 'gauge':
      return family.samples.map(({ labels, value }) => line(name, labels, value));
    case 'counter':
      return family.samples.map(({ labels, value }) => line(`${name}_total`, labels, value));
    case 'info':
      return [line(`${name}_info`, family.labels, 1)];
    case 'summary':
      return [
        ...family.quantiles.map(([quantile, value]) => line(name, { quantile: String(quantile) }, value)),
        line(`${name}_sum`, undefined, family.sum),
        line(`${name}_count`, undefined, family.count),
      ];
    default:
      return family satisfies never;
  }
}

const line = (name: string, labels: Labels | undefined, value: number): string =>
  `${name}${labelled(labels)} ${numberText(value)}`;

function labelled(labels: Labels = {}): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');

/** Infinities have a spelling of their own. */
const numberText = (value: number): string =>
  Number.isFinite(value) || Number.isNaN(value) ? String(value) : value > 0 ? '+Inf' : '-Inf';
