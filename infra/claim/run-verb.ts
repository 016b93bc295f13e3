import { Misuse } from '../../service/tools/command-words.ts';
import { Refusal } from './refusal.ts';

export const exits = { done: 0, refused: 1, misused: 2, tooEarly: 3 } as const;

/** The exit status of a verb; what it refuses is said in its own words, and anything else in none that could hold a key. */
export async function runVerb(name: string, run: () => Promise<number> | number): Promise<number> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof Misuse) {
      console.error(`btc-pinata ${name}: ${error.message}\n\`btc-pinata ${name} --help\` says more.`);
      return exits.misused;
    }
    if (error instanceof Refusal) {
      console.error(`btc-pinata ${name}: ${error.message}.`);
      return exits.refused;
    }
    // Its message might quote what it was given.
    const kind =
      error instanceof Error ? `${error.name}${error.stack?.match(/\n +at [^\n]+/)?.[0] ?? ''}` : typeof error;
    console.error(`btc-pinata ${name}: a defect of this program, ${kind}. Nothing was sent.`);
    return exits.refused;
  }
}
