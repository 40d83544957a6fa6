import { describe, expect, it } from '@jest/globals';
import type { Connection } from '@platformatic/kafka';
import type { Answer, fetchIn, Wanted } from './fetch.ts';
import { FetchSession } from './fetch-session.ts';

const connection = {} as Connection;
const LOST = 70;

/** A broker as far as its sessions go: it answers partitions of which it has records beyond what was asked for. */
class Broker {
  readonly ends = new Map<string, number>();
  /** Partitions named in each fetch. */
  readonly named: string[][] = [];
  hasRoom = true;
  fails = false;
  #sessions = new Map<number, { epoch: number; wanted: Map<string, Wanted> }>();
  #ids = 0;

  loseAll(): void {
    this.#sessions.clear();
  }

  readonly fetch: typeof fetchIn = async ({ id, epoch, forgotten }, _connection, wanted): Promise<Answer> => {
    if (this.fails) throw new Error('connection closed');
    this.named.push(wanted.map(({ topic, partition }) => `${topic}-${partition}`));
    let session = this.#sessions.get(id);
    let sessionId = id;
    if (epoch === 0) {
      session = { epoch: 0, wanted: new Map() };
      sessionId = this.hasRoom ? ++this.#ids : 0;
      if (this.hasRoom) this.#sessions.set(sessionId, session);
    } else if (session?.epoch !== epoch) return { error: LOST, sessionId: 0, fetched: [] };
    session!.epoch += 1;
    for (const one of forgotten) session!.wanted.delete(`${one.topic}-${one.partition}`);
    for (const one of wanted) session!.wanted.set(`${one.topic}-${one.partition}`, one);
    const news = [...session!.wanted].filter(([key, { offset }]) => (this.ends.get(key) ?? 0) > offset);
    const fetched = news.map(([key, one]) => {
      const end = this.ends.get(key)!;
      return { ...one, error: 0, highWatermark: end, lastStableOffset: end, records: [], next: end };
    });
    return { error: 0, sessionId, fetched };
  };
}

/** Reads three partitions; `fetch` returns what came, and goes on after it. */
function reader(broker: Broker) {
  const session = new FetchSession(broker.fetch);
  const offsets = new Map([0, 1, 2].map((partition) => [partition, 0]));
  const fetch = async () => {
    const wanted = [...offsets].map(([partition, offset]) => ({ topic: 't', partition, offset }));
    const fetched = await session.fetch(connection, wanted, 1);
    for (const { partition, next } of fetched) offsets.set(partition, next);
    return fetched.map(({ partition, offset, next }) => [partition, offset, next]);
  };
  return { offsets, fetch };
}

describe('a fetch session', () => {
  it('names all partitions once, then those that moved, and still hears of each', async () => {
    const broker = new Broker();
    const { fetch } = reader(broker);
    broker.ends.set('t-1', 5);
    expect(await fetch()).toEqual([[1, 0, 5]]);
    broker.ends.set('t-2', 7);
    expect(await fetch()).toEqual([[2, 0, 7]]);
    broker.ends.set('t-1', 6);
    expect(await fetch()).toEqual([[1, 5, 6]]);
    expect(broker.named).toEqual([['t-0', 't-1', 't-2'], ['t-1'], ['t-2']]);
  });

  it('lets go of what is not wanted any more, and takes it up where it is wanted again', async () => {
    const broker = new Broker();
    const { offsets, fetch } = reader(broker);
    await fetch();
    offsets.delete(1);
    broker.ends.set('t-1', 5);
    expect(await fetch()).toEqual([]);
    offsets.set(1, 2);
    expect(await fetch()).toEqual([[1, 2, 5]]);
    expect(broker.named).toEqual([['t-0', 't-1', 't-2'], [], ['t-1']]);
  });

  it('that the broker lost, or that a failure left in doubt, begins anew', async () => {
    const broker = new Broker();
    const { fetch } = reader(broker);
    await fetch();
    broker.loseAll();
    broker.ends.set('t-0', 3);
    expect(await fetch()).toEqual([[0, 0, 3]]);
    broker.fails = true;
    await expect(fetch()).rejects.toThrow('connection closed');
    broker.fails = false;
    broker.ends.set('t-2', 4);
    expect(await fetch()).toEqual([[2, 0, 4]]);
    expect(broker.named.at(-1)).toEqual(['t-0', 't-1', 't-2']);
  });

  it('for which the broker has no room names all partitions each time', async () => {
    const broker = new Broker();
    broker.hasRoom = false;
    const { fetch } = reader(broker);
    await fetch();
    broker.ends.set('t-0', 3);
    expect(await fetch()).toEqual([[0, 0, 3]]);
    expect(broker.named.at(-1)).toEqual(['t-0', 't-1', 't-2']);
  });
});
