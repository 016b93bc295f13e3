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
    rows.filter(([, id = '']) => covers(id, threat)).map(([, , , stopped = '']) => stopped.replaceAll('`', '')),
  );
  return [...new Set(cells)];
}

/** `S1 ★★★` is S1, and `C2-C8` is also C6. */
function covers(id: string, threat: string): boolean {
  const [, letter, first, last = first] = /^([A-Z])(\d+)(?:-[A-Z](\d+))?/.exec(id) ?? [];
  const number = Number(threat.slice(1));
  return threat.startsWith(`${letter}`) && Number(first) <= number && number <= Number(last);
}
