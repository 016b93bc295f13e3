/** What keeps the process from starting, said for people: which thing, what is wrong with it, and what to do. */
export class Unstartable extends Error {
  override readonly name = 'Unstartable';
}
