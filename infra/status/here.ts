import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Misuse } from '../../service/tools/command-words.ts';
import { type Deployment, decodeDeployment } from '../deploy/deployment.ts';

/** The deployment whose folder this is; undefined where there is none. Throws a Misuse for a file that is none. */
export function deploymentIn(folder: string): Deployment | undefined {
  const file = join(folder, 'deployment.json');
  if (!existsSync(file)) return undefined;
  try {
    return decodeDeployment(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Misuse(`${file} is no deployment: ${error instanceof Error ? error.message : String(error)}`);
  }
}
