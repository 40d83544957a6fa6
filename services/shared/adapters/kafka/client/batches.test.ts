import { describe, expect, it } from '@jest/globals';
import { type Message, messageBytes, toRequests } from './batches.ts';

const message = (partition: number, size: number, id: number): Message => ({
  partition,
  key: null,
  value: Buffer.alloc(size, id),
  timestamp: '0',
});

describe('requests of a transaction', () => {
  it('keeps record batches below the limit of their topic, and the order of each partition', () => {
    const messages = Array.from({ length: 300 }, (_, i) => ({
      topic: i % 5 === 0 ? 'b' : 'a',
      message: message(i % 3, (i * 37) % 400, i % 256),
    }));
    const requests = toRequests(messages, (topic) => (topic === 'a' ? 2000 : 700));
    expect(requests.length).toBeGreaterThan(10);
    const sent = new Map<string, Message[]>();
    for (const request of requests) {
      for (const { topic, messages: batch } of request) {
        const sizes = new Map<number, number>();
        for (const one of batch) {
          sizes.set(one.partition, (sizes.get(one.partition) ?? 61) + messageBytes(one));
          const key = `${topic}-${one.partition}`;
          sent.set(key, [...(sent.get(key) ?? []), one]);
        }
        for (const size of sizes.values()) expect(size).toBeLessThanOrEqual(topic === 'a' ? 2000 : 700);
      }
    }
    for (const [key, batch] of sent) {
      const wanted = messages.filter((m) => `${m.topic}-${m.message.partition}` === key).map((m) => m.message);
      expect(batch).toEqual(wanted);
    }
    expect([...sent.values()].flat()).toHaveLength(300);
  });

  it('keeps requests below their own limit', () => {
    const messages = Array.from({ length: 10 }, (_, i) => ({ topic: 't', message: message(i, 100, i) }));
    expect(toRequests(messages, () => 10_000, 300)).toHaveLength(5);
  });

  it('refuses a record that can never be sent, before anything is', () => {
    const messages = [1, 5000].map((size) => ({ topic: 't', message: message(0, size, 0) }));
    expect(() => toRequests(messages, () => 1000)).toThrow(
      expect.objectContaining({ code: 'DETENT_KAFKA_RECORD_TOO_LARGE' }),
    );
  });
});
