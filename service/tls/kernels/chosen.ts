import { fast } from './fast.ts';
import { noble } from './noble.ts';
import type { Provider, ProviderName } from './provider.ts';

/*
 * Which of the two computes in this thread. It is one choice for all, made before the first key: a session that began with one
 * could not go on with the other, for what is prepared and scheduled belongs to it. Not a parameter of every function that
 * verifies a signature, since nobody who calls them has a reason to say anything else.
 */

const providers: Readonly<Record<ProviderName, Provider>> = { noble, fast };

let chosen: Provider | undefined;

/** At the start of a thread, or not at all: whoever computes first without it has noble. Refused after that. */
export function chooseProvider(name: ProviderName): void {
  if (chosen !== undefined && chosen.name !== name)
    throw new Error(`the provider is ${chosen.name} since the first use of it, and cannot become ${name}`);
  chosen = providers[name];
}

export function provider(): Provider {
  chosen ??= noble;
  return chosen;
}
