import { age } from '../age.ts';

/* The clock of the visitor decides what is old: it also knows how old the page was when it came. */

const everySeconds = 15;
/** Seconds that a visitor's clock may be behind: one that is further behind cannot tell what is old. */
const tolerated = 300;

export function keepTime(): void {
  const root = document.documentElement;
  const asOf = Number(root.dataset['asOf']);
  const limit = Number(root.dataset['staleAfter']);
  root.classList.add('clocked');
  const tick = (): void => {
    const now = Math.floor(Date.now() / 1000);
    for (const element of document.querySelectorAll<HTMLElement>('[data-ago]')) {
      element.textContent = `${age(now - Number(element.dataset['ago']))} ago`;
    }
    const stale = now - asOf > limit || asOf - now > tolerated;
    root.classList.toggle('stale', stale);
    for (const deposit of document.querySelectorAll<HTMLElement>('.deposit')) {
      const proven = Number(deposit.dataset['proven']);
      // What says NaN is gone, too.
      deposit.hidden = !(now - proven <= Number(deposit.dataset['window'])) || stale;
      const gone = document.querySelector<HTMLElement>('.deposit-gone');
      if (gone !== null) gone.hidden = !deposit.hidden;
    }
  };
  tick();
  setInterval(tick, everySeconds * 1000);
  document.addEventListener('visibilitychange', () => {
    tick();
    if (document.visibilityState === 'visible') void lookForNewer(asOf);
  });
  setInterval(() => {
    if (document.visibilityState === 'visible') void lookForNewer(asOf);
  }, 60_000);
}

/** The page is not changed under whoever reads it: it says that there is a newer one. */
async function lookForNewer(asOf: number): Promise<void> {
  const place = document.querySelector('[data-fresh]');
  if (place === null) return;
  try {
    const response = await fetch('/status.json', { cache: 'no-cache' });
    const found: unknown = await response.json();
    if (typeof found !== 'object' || found === null || !('asOf' in found)) return;
    if (typeof found.asOf !== 'number' || found.asOf <= asOf) return;
    const link = document.createElement('a');
    link.href = location.pathname;
    link.textContent = 'Show the newest look.';
    place.replaceChildren(link);
  } catch {
    // Then the page grows old, and says so.
  }
}
