import { afterAll } from 'vitest';
import { required } from '../support/required.ts';
import { type Command, conform, type Exchange } from './service-models.ts';
import { hasCloud, howToGetCloud } from './venv.ts';

/*
 * Stand-ins for AWS of a file of tests that needs no emulated cloud: what they were asked and what they said is noted, and held
 * against the service models when the file is over.
 */

const botocore = required.obtainable('the service models of AWS', hasCloud(), howToGetCloud);
const exchanges: Exchange[] = [];
const commands: Command[] = [];
afterAll(async () => {
  if (!botocore.missing) await conform({ exchanges, commands });
});

/** A call over HTTP, and its answer where that is the stand-in's own. */
export const noted = (exchange: Exchange): void => void exchanges.push(exchange);

interface Client {
  readonly config: { readonly defaultSigningName: string };
}

/** The same client: each command that is sent is answered by the test, and nothing leaves the process. */
export function answered<Kind extends Client>(client: Kind, answer: (command: unknown) => unknown): Kind {
  const service = client.config.defaultSigningName;
  const send = async (command: unknown) => {
    const note = (end: Command['end']) => commands.push({ service, ...named(command), end });
    try {
      const output = await answer(command);
      note({ output });
      return output;
    } catch (error) {
      // Another is nothing that AWS says: a line that is dead, an expectation of the test.
      note(isOfService(error) ? { error: error.name } : undefined);
      throw error;
    }
  };
  return Object.assign(client, { send });
}

/** As the SDK makes its errors: each has the name of what the service said. */
const isOfService = (error: unknown): error is Error =>
  error instanceof Error && !/^(?:Assertion|Abort|Timeout)?Error$/.test(error.name);

function named(command: unknown): { readonly operation: string; readonly input: unknown } {
  if (typeof command !== 'object' || command === null || !('input' in command)) throw new Error('this is no command');
  return { operation: command.constructor.name.replace(/Command$/, ''), input: command.input };
}
