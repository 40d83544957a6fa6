import { describe, expect, it } from '@jest/globals';
import { typeOf } from './types.ts';

const type = typeOf({ type: 'array', items: 'string' });

/** Avro's own words: a block of one item, its length in bytes as a zigzag number, its bytes, the end. */
function bytesOf(text: string): Buffer {
  const bytes = Buffer.from(text);
  const length: number[] = [];
  let rest = 2 * bytes.length;
  for (; rest > 127; rest = Math.floor(rest / 128)) length.push((rest & 127) | 128);
  return Buffer.concat([Buffer.from([2, ...length, rest]), bytes, Buffer.from([0])]);
}

describe('strings', () => {
  const lengths = [0, 1, 23, 24, 25, 63, 64, 65, 127, 128, 9000];
  const texts = lengths.flatMap((n) => ['a'.repeat(n), `${'a'.repeat(n)}ä`, `€${'b'.repeat(n)}`, '😀'.repeat(n)]);

  it.each(texts.map((text) => [text.length, text.slice(0, 4), text] as const))(
    'of %i characters (%s…) are written as Avro says',
    (_length, _start, text) => {
      expect(type.toBuffer([text]).equals(bytesOf(text))).toBe(true);
      expect(type.fromBuffer(bytesOf(text))).toEqual([text]);
    },
  );

  it('tell how much room is needed where there is too little', () => {
    for (const text of texts) {
      const needed = bytesOf(text).length;
      for (const room of [0, 1, needed - 1].filter((n) => n < needed)) {
        const buffer = Buffer.alloc(room);
        expect(type.encode([text], buffer, 0)).toBe(room - needed);
      }
      expect(type.encode([text], Buffer.alloc(needed), 0)).toBe(needed);
    }
  });
});
