import { describe, expect, it } from '@jest/globals';
import { decodeHeaders, encodeHeaders } from './headers.ts';

describe('headers in the embedded log', () => {
  it('come back byte for byte, also those that are not text', () => {
    const binary = Buffer.from([0, 255, 10, 128]);
    const decoded = decodeHeaders(encodeHeaders({ ce_id: 'ä/1', empty: '', binary }));
    expect(decoded).toEqual({ ce_id: Buffer.from('ä/1'), empty: Buffer.alloc(0), binary });
  });

  it('take no room when there are none', () => {
    expect(encodeHeaders({})).toBeNull();
    expect(decodeHeaders(null)).toEqual({});
  });
});
