import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { Refusal } from '../claim/refusal.ts';
import { type Deployment, decodeDeployment, encodeDeployment } from './deployment.ts';
import { writeWholeFile } from './whole-file.ts';

/* deployment.json on disk. Whoever is killed while it is written leaves the old one or the new one, whole. */

export const stateName = 'deployment.json';

/** Undefined where there is none. Throws a Refusal for one that cannot be read: it is never taken for none. */
export function readDeployment(folder: string): Deployment | undefined {
  const path = join(folder, stateName);
  if (!existsSync(path)) return undefined;
  try {
    return decodeDeployment(readFileSync(path, 'utf8'));
  } catch (error) {
    const why = error instanceof v.ValiError ? issue(error) : error instanceof Error ? error.message : String(error);
    throw new Refusal(
      `${path} cannot be read: ${why}. It was written by another version or changed by hand: bring back the file as it was`,
    );
  }
}

const issue = ({ issues: [first] }: v.ValiError<v.GenericSchema>): string =>
  `${v.getDotPath(first) ?? 'the document'}: ${first.message}`;

export const writeDeployment = (folder: string, deployment: Deployment): void =>
  writeWholeFile(folder, stateName, encodeDeployment(deployment));
