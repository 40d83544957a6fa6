import { describe, expect, it } from '@jest/globals';
import { KeyCache } from './key-cache.ts';

describe('the cache of keys', () => {
  it('gives the text of the bytes, whatever came before', () => {
    const cache = new KeyCache();
    const texts = ['', 'a', 'ä€😀', 'x'.repeat(200)];
    for (let i = 0; i < 20_000; i += 1) texts.push(`key${(i * 7919) % 5000}`);
    for (const text of texts) {
      const bytes = Buffer.from(`<${text}>`);
      expect(cache.text(bytes, 1, bytes.length - 1)).toBe(text);
    }
  });

  it('keeps no hold on the bytes that it was given', () => {
    const cache = new KeyCache();
    const bytes = Buffer.from('fill');
    cache.text(bytes, 0, 4);
    bytes.write('full');
    expect([cache.text(bytes, 0, 4), cache.text(Buffer.from('fill'), 0, 4)]).toEqual(['full', 'fill']);
  });
});
