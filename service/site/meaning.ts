import { type Html, html } from './html.ts';
import type { CategoryView } from './view.ts';

/** What somebody who reads of such an attempt should think of it, and what not. */
export function meaning({ key, nature }: CategoryView): Html {
  switch (key) {
    case 'breach':
      return html`<strong>This is the one that counts.</strong> Somebody authenticated who is not this machine, and was sent the key. Watch the chain: if the coins move, believe it. If they do not, it may still be true.`;
    case 'success.short_circuit':
      return html`Harmless, and by design: both ends of the handshake were this machine. Somebody carried the sealed bytes from one of its ports to another, and the key with them, and could read none of it.`;
    case 'success.test':
      return html`It proves nothing: test credentials were handed out here, and whoever holds them is let in.`;
    case 'withheld':
      return html`<strong>It must not exist.</strong> The engine trusted the other end, and a check behind it did not. The key stayed. Something in the engine, or in that check, is wrong.`;
    case 'internal.exception':
      return html`<strong>A defect of ours.</strong> An exception was thrown where none may be; it ended this connection and no other. It is worth reading.`;
    default:
      return ofNature(nature);
  }
}

function ofNature(nature: CategoryView['nature']): Html {
  switch (nature) {
    case 'released':
      return html`The key went out.`;
    case 'failed':
      return html`The attempt was refused, and nothing secret was sent. That it failed says that this way in is shut; it says nothing of the others.`;
    case 'unfinished':
      return html`It ended before there was anything to judge. Networks do that by themselves, and so do scanners that only look who is there.`;
    case 'turned_away':
      return html`There was no handshake: it was turned away, or called back.`;
    case 'website':
      return html`Somebody read the website. It holds no key.`;
    case 'ours':
      return html`Our own monitoring, or who says so. It is recorded like any other, and counts as no attempt.`;
  }
}
