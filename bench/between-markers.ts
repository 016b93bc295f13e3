import { readFileSync, writeFileSync } from 'node:fs';

/** Writes `content` between `<!-- NAME:start -->` and `<!-- NAME:end -->` of a document, and leaves the rest as it is. */
export function writeBetweenMarkers(path: URL, name: string, content: string): void {
  const [start, end] = [`<!-- ${name}:start -->`, `<!-- ${name}:end -->`];
  const text = readFileSync(path, 'utf8');
  const [from, to] = [text.indexOf(start), text.indexOf(end)];
  if (from < 0 || to < from) {
    console.error(`${path.pathname} has no ${start} ... ${end}: the table was not written there`);
    return;
  }
  writeFileSync(path, `${text.slice(0, from + start.length)}\n${content}\n${text.slice(to)}`);
}
