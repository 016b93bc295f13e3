import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/* docs/ATTACKS.md says which line of the code stops what: whoever was refused may want to read it. */

const document = fileURLToPath(new URL('../../docs/ATTACKS.md', import.meta.url));

/** `service/tls/states.ts › transitions` and the like, of the rows of these threats; nothing where the document is not there. */
export function stoppedBy(threats: readonly string[]): readonly string[] {
  if (!existsSync(document)) return [];
  const rows = readFileSync(document, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  const cells = threats.flatMap((threat) =>
    rows
      .filter(([, id = '']) => threatsOf(id).includes(threat))
      .map(([, , , stopped = '']) => stopped.replaceAll('`', '')),
  );
  return [...new Set(cells)];
}

/** `S1 ★★★` is S1, `R2, R4` are both, and `C2-C8` are seven. */
export function threatsOf(id: string): readonly string[] {
  return [...id.matchAll(/([A-Z])(\d+)(?:-[A-Z](\d+))?/g)].flatMap(([, letter = '', first = '', last = first]) =>
    Array.from({ length: Number(last) - Number(first) + 1 }, (_, offset) => `${letter}${Number(first) + offset}`),
  );
}
