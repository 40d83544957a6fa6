import { describe, expect, it } from '@jest/globals';
import { BatchSize } from './batch-size.ts';

describe('the size of batches', () => {
  it('is halved by slow and by failed batches, and comes back by quick full ones', () => {
    const size = new BatchSize(10_000);
    size.took(10_000, 5_000);
    expect(size.records).toBe(5_000);
    size.failed();
    expect(size.records).toBe(2_500);
    size.took(2_500, 2_000);
    size.took(100, 10);
    expect(size.records).toBe(2_500);
    for (let i = 0; i < 5; i += 1) size.took(size.records, 500);
    expect(size.records).toBe(10_000);
  });

  it('keeps to the size of the batch that was slow, and never falls below a hundred, or what was asked for', () => {
    const size = new BatchSize(10_000);
    size.took(600, 9_000);
    expect(size.records).toBe(300);
    for (let i = 0; i < 9; i += 1) size.failed();
    expect(size.records).toBe(100);
    const small = new BatchSize(3);
    small.failed();
    expect(small.records).toBe(3);
  });
});
