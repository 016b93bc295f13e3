import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { nearest } from '../nearest.ts';
import { type Attack, isAttack } from './attack.ts';

/* The scripts that come with it: one file an attack, and the file's name is the attack's. */

const folder = fileURLToPath(new URL('attacks/', import.meta.url));
const root = fileURLToPath(new URL('../../', import.meta.url));

export const attackNames = (): readonly string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.slice(0, -'.ts'.length))
    .sort();

export interface LoadedAttack {
  readonly name: string;
  readonly attack: Attack;
}

export class NoSuchAttack extends Error {}

/** One of the library by its name, or a script by its path. */
export async function loadAttack(which: string): Promise<LoadedAttack> {
  const module: unknown = await load(which);
  const attack = typeof module === 'object' && module !== null && 'default' in module ? module.default : undefined;
  if (!isAttack(attack)) throw new NoSuchAttack(`${which} has no \`export default attack({ … })\``);
  return { name: which, attack };
}

async function load(which: string): Promise<unknown> {
  const file = attackFile(which);
  try {
    return await import(pathToFileURL(file).href);
  } catch (error) {
    throw new NoSuchAttack(`${file} cannot be loaded: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** One of the library names what it imports from the root of the clone: saved there, it is a script as it stands. */
export function attackSource(which: string): string {
  const file = attackFile(which);
  const source = readFileSync(file, 'utf8');
  if (dirname(file) !== resolve(folder)) return source;
  return source.replace(/(?<= from ')\.{1,2}\/[^']+(?=';$)/gm, (path) => `./${relative(root, resolve(folder, path))}`);
}

export const loadLibrary = (): Promise<readonly LoadedAttack[]> => Promise.all(attackNames().map(loadAttack));

function attackFile(which: string): string {
  if (attackNames().includes(which)) return resolve(folder, `${which}.ts`);
  const path = resolve(which);
  if (statSync(path, { throwIfNoEntry: false })?.isFile() === true) return path;
  const meant = nearest(which, attackNames());
  throw new NoSuchAttack(
    `neither a file nor an attack of the library is called ${JSON.stringify(which)}${meant === undefined ? '' : ` (${meant} is)`}; --list shows them`,
  );
}
