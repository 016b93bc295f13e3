/** Why something is not done, for whoever asked: it holds no key, and says what to do. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}
