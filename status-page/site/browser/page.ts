import '../styles/page.css';
import { keepTime } from './time.ts';

/*
 * What the script adds to a page that is complete without it: ages that go on, a page that says when it is out of date, and
 * checks in the visitor's own browser. It asks nobody but the place where the page came from, until a button is pressed.
 */

keepTime();

const idle = (task: () => void): void => {
  if ('requestIdleCallback' in window) window.requestIdleCallback(task, { timeout: 4000 });
  else setTimeout(task, 500);
};

for (const place of document.querySelectorAll<HTMLElement>('[data-proof]')) {
  idle(() => {
    void import('./proof.ts').then(({ checkProof }) => checkProof(place));
  });
}

for (const place of document.querySelectorAll<HTMLElement>('[data-evidence]')) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'button';
  button.textContent = 'Check it in this browser';
  place.append(button);
  button.addEventListener('click', () => {
    button.disabled = true;
    void import('./evidence.ts').then(({ checkEvidence }) => checkEvidence(place));
  });
}

for (const place of document.querySelectorAll<HTMLElement>('.ask')) {
  place.hidden = false;
  const button = place.querySelector('button');
  button?.addEventListener('click', () => {
    button.disabled = true;
    void import('./explorers.ts')
      .then(({ askExplorers }) => askExplorers(place))
      .finally(() => {
        button.disabled = false;
      });
  });
}
