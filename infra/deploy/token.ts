import { Refusal } from '../claim/refusal.ts';
import { tokenVariables, type VpsProvider } from '../vps/inputs.ts';

/** Throws a Refusal that names the variable. */
export function tokenIn(environment: NodeJS.ProcessEnv, provider: VpsProvider): string {
  const variable = tokenVariables[provider];
  const token = environment[variable] ?? '';
  if (token !== '') return token;
  throw new Refusal(`${variable} is not set: make a token that may read and write at ${provider}, and export it`);
}
