import { describe, expect, it } from '@jest/globals';
import { seeded } from '../testing/seeded.ts';
import { ByteReader, ByteWriter } from './bytes.ts';

describe('bytes', () => {
  it('come back as they were written, and stay as they are when more is written after them', () => {
    const writer = new ByteWriter();
    const random = seeded(3);
    const written: { bytes: Uint8Array; copy: Uint8Array; texts: string[]; flag: number }[] = [];
    for (let i = 0; i < 500; i++) {
      writer.begin();
      const at = writer.reserve(1);
      const texts = Array.from({ length: 1 + Math.floor(random() * 8) }, () =>
        (random() < 0.1 ? 'ü€' : 'k').repeat(Math.floor(random() * (random() < 0.02 ? 90_000 : 300))),
      );
      for (const text of texts) writer.text(text);
      writer.float(i);
      writer.count(i * 1e6);
      const flag = i % 251;
      writer.set(at, flag);
      const bytes = writer.finish();
      written.push({ bytes, copy: bytes.slice(), texts, flag });
    }
    const reader = new ByteReader();
    for (const [i, { bytes, copy, texts, flag }] of written.entries()) {
      if (!Buffer.from(bytes).equals(copy)) throw new Error(`what was written ${i}th has changed`);
      reader.begin(bytes, 0);
      expect(reader.byte()).toBe(flag);
      expect(texts.map(() => reader.text())).toEqual(texts);
      expect([reader.float(), reader.count()]).toEqual([i, i * 1e6]);
    }
  });
});
