import type { Figures } from './figures.ts';
import type { Host } from './hosts.ts';
import type { Cost } from './model.ts';
import { type Resource, usedOn } from './model.ts';
import { scenarios } from './scenarios.ts';

/* How much of each thing one host has the scenarios use up: a bar for each, on a scale whose every step is ten times the last. */

const width = 720;
const edge = { left: 190, right: 46, top: 30, bottom: 20 } as const;
const bar = { height: 9, gap: 2, between: 10 } as const;
const colours = ['#b3267a', '#d98a00', '#3b7dd8'] as const;
/** The scale goes from a ten-thousandth to ten times all of it. */
const decades = { from: -4, to: 1 } as const;

const x = (used: number): number => {
  const along = (Math.log10(Math.max(used, 10 ** decades.from)) - decades.from) / (decades.to - decades.from);
  return edge.left + Math.min(1, along) * (width - edge.left - edge.right);
};

export function usePlot(host: Host, figures: Figures, cost: Cost, provider: string): string {
  const uses = scenarios.map((scenario) => usedOn(host, scenario, figures, cost));
  const resources = Object.keys(uses[0] ?? {}) as Resource[];
  const block = scenarios.length * (bar.height + bar.gap) + bar.between;
  const height = edge.top + resources.length * block + edge.bottom;
  const bars = resources.map((resource, row) => {
    const top = edge.top + row * block;
    const lines = uses.map((used, i) => {
      const y = top + i * (bar.height + bar.gap);
      const end = x(used[resource]);
      return (
        `<rect x="${edge.left}" y="${y}" width="${(end - edge.left).toFixed(1)}" height="${bar.height}" fill="${colours[i % colours.length]}"/>` +
        `<text x="${(end + 4).toFixed(1)}" y="${y + bar.height - 1}">${share(used[resource])}</text>`
      );
    });
    return `<text x="${edge.left - 8}" y="${top + block / 2 - 2}" text-anchor="end">${resource}</text>${lines.join('')}`;
  });
  const marks = [0.0001, 0.001, 0.01, 0.1, 1].map(
    (used) =>
      `<line class="${used === 1 ? 'all' : 'g'}" x1="${x(used).toFixed(1)}" x2="${x(used).toFixed(1)}" y1="${edge.top - 6}" y2="${height - edge.bottom}"/>` +
      `<text x="${x(used).toFixed(1)}" y="${height - 6}" text-anchor="middle">${share(used)}</text>`,
  );
  const legend = scenarios.map(
    ({ title }, i) =>
      `<rect x="${edge.left + i * 150}" y="8" width="9" height="9" fill="${colours[i % colours.length]}"/><text x="${edge.left + i * 150 + 14}" y="16">${title}</text>`,
  );
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="10">` +
    `<title>What of a ${host.type} is used up, with ${provider}</title>` +
    `<style>text{fill:#555}.g{stroke:#999;stroke-width:.4}.all{stroke:#c00;stroke-width:1.2}@media(prefers-color-scheme:dark){text{fill:#bbb}}</style>` +
    `${marks.join('')}${bars.join('')}${legend.join('')}</svg>\n`
  );
}

/** Two digits, in hundredths. */
const share = (used: number): string => `${Number((100 * used).toPrecision(2))} %`;
