import { describe, expect, it } from '@jest/globals';
import { abortable } from './abortable.ts';

const after = <T>(ms: number, value: T) => new Promise<T>((resolve) => setTimeout(resolve, ms, value));
const reason = () => new Error('closed');

describe('waiting that ends with its owner', () => {
  it('gives the result, also when it comes within the grace after the abort', async () => {
    const abort = new AbortController();
    expect(await abortable(after(1, 'now'), abort.signal, 10, reason)).toBe('now');
    abort.abort();
    expect(await abortable(after(5, 'late'), abort.signal, 500, reason)).toBe('late');
  });

  it('throws the reason when the work goes on beyond the grace', async () => {
    const abort = new AbortController();
    const waiting = abortable(new Promise(() => {}), abort.signal, 5, reason);
    abort.abort();
    await expect(waiting).rejects.toThrow('closed');
  });

  it('passes on what the work throws', async () => {
    await expect(abortable(Promise.reject(new Error('own')), new AbortController().signal, 5, reason)).rejects.toThrow(
      'own',
    );
  });
});
