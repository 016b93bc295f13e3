import { describe, expect, test } from 'vitest';
import { html, markup } from '../../service/site/html.ts';
import { chain } from '../../service/site/page-chain.ts';
import { sampleChain } from './sample-chain.ts';
import { sampleNow, sampleView } from './sample-view.ts';

const shown = (document: typeof sampleChain): string =>
  markup(chain({ ...sampleView, chain: document }, sampleNow) ?? html``);

describe('the chain on the page', () => {
  test('shows an announced retirement beside the verdict', () => {
    const { retirement } = sampleChain;
    expect(retirement).not.toBeNull();
    const text = shown(sampleChain);
    expect(text).toMatch(
      /<dt>Retirement<\/dt><dd>announced <time datetime="[^"]+Z">[^<]+ UTC<\/time>, to take effect <time[^>]+>[^<]+<\/time> \(<a href="https:\/\/status\.example\/retirement\.json">its notice<\/a>\)<\/dd>/,
    );
    expect(shown({ ...sampleChain, retirement: null })).not.toContain('Retirement');
    if (retirement !== null) {
      expect(shown({ ...sampleChain, retirement: { ...retirement, url: null } })).not.toContain('its notice');
      const evil = shown({ ...sampleChain, retirement: { ...retirement, url: 'javascript:alert(1)' } });
      expect(evil).toContain('<a href="#">');
      expect(evil).not.toContain('javascript:');
    }
  });
});
