import { describe, expect, it } from '@jest/globals';
import { RespWriter } from './resp.ts';

describe('a command as bytes', () => {
  it('is what Redis reads: each argument with its length in bytes', () => {
    // Too little room, so that it has to grow.
    const out = new RespWriter(5, 1);
    const long = 'k'.repeat(1000);
    out.text('mget');
    out.text('order:Größe ½');
    out.text('');
    out.text(long);
    out.bytes(Buffer.from([0, 13, 10, 255]));
    const bytes = Buffer.concat([
      Buffer.from(`*5\r\n$4\r\nmget\r\n$16\r\norder:Größe ½\r\n$0\r\n\r\n$1000\r\n${long}\r\n$4\r\n`),
      Buffer.from([0, 13, 10, 255, 13, 10]),
    ]);
    expect(out.finish().equals(bytes)).toBe(true);
  });

  it.each([1, 9, 10, 99, 100, 4005, 123_456])('tells how many arguments follow (%i)', (count) => {
    expect(new RespWriter(count, 0).finish().toString()).toBe(`*${count}\r\n`);
  });
});
