import type { DerElement } from './der.ts';
import { type RefusalReason, Unacceptable } from './refusal.ts';

/** The components of a SEQUENCE, taken in order (X.680 §25): each is there with its tag, or it is refused by name. */
export class Components {
  readonly #children: readonly DerElement[];
  readonly #type: string;
  readonly #reason: RefusalReason;
  #at = 0;

  /** `element` must carry `tag`; a component that does not fit is refused with `reason`. */
  constructor(element: DerElement, tag: number, type: string, reason: RefusalReason) {
    if (element.tag !== tag)
      throw new Unacceptable(reason, `${type} has tag ${hex(element.tag)} instead of ${hex(tag)}`);
    this.#children = element.children;
    this.#type = type;
    this.#reason = reason;
  }

  next(tag: number, name: string): DerElement {
    const element = this.any(name);
    if (element.tag !== tag) this.refuse(`${name} has tag ${hex(element.tag)} instead of ${hex(tag)}`);
    return element;
  }

  optional(tag: number): DerElement | undefined {
    const element = this.#children[this.#at];
    if (element?.tag !== tag) return undefined;
    this.#at++;
    return element;
  }

  /** The next component, whatever its tag: a CHOICE or an ANY. */
  any(name: string): DerElement {
    const element = this.#children[this.#at];
    if (element === undefined) return this.refuse(`${name} is missing`);
    this.#at++;
    return element;
  }

  finish(): void {
    const rest = this.#children.length - this.#at;
    if (rest > 0) this.refuse(`${rest} components too many, or out of order`);
  }

  refuse(detail: string): never {
    throw new Unacceptable(this.#reason, `${this.#type}: ${detail}`);
  }
}

const hex = (tag: number): string => `0x${tag.toString(16).padStart(2, '0')}`;

/** Binary comparison (RFC 5280 §7.1), for values that are public: it stops at the first difference. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
