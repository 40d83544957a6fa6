import { describe, expect, it } from '@jest/globals';
import { type LogRecord, readDeadLetter, redrivenRecord, toDeadLetter } from './index.ts';

const refused: LogRecord = {
  topic: 'p.observations.v1',
  partition: 3,
  offset: 77,
  timestamp: 5,
  key: Buffer.from('o-1'),
  value: Buffer.from([0, 1, 2, 255]),
  headers: { ce_id: Buffer.from('e1'), 'x-raw': Buffer.from([0, 200]) },
};
const refusal = { code: 'LATE', message: 'too late', step: 'fold' };

/** The refused record as it lies in the dead letters. */
function letterOf(record: LogRecord): LogRecord {
  const { key, value, headers = {} } = toDeadLetter(record, refusal, 'segmenter', 'p.dlq.v1', 1000);
  const bytes = Object.entries(headers).map(([name, held]) => [name, Buffer.from(held)]);
  return {
    topic: 'p.dlq.v1',
    partition: 0,
    offset: 12,
    timestamp: 1000,
    key,
    value,
    headers: Object.fromEntries(bytes),
  };
}

describe('a dead letter put back', () => {
  it('is the record that was refused, on its partition, and says that it was put back', () => {
    expect(redrivenRecord(letterOf(refused), 4, 9000)).toEqual({
      topic: 'p.observations.v1',
      partition: 3,
      key: refused.key,
      value: refused.value,
      timestamp: 9000,
      headers: { ...refused.headers, 'detent.redriven': 'p.dlq.v1-0@12' },
    });
  });

  it('goes by its key where its partition is no more', () => {
    expect(redrivenRecord(letterOf(refused), 3, 9000).partition).toBeNull();
  });

  it('keeps tombstones and records without a key as they are', () => {
    const { key, value } = redrivenRecord(letterOf({ ...refused, key: null, value: null }), 4, 9000);
    expect({ key, value }).toEqual({ key: null, value: null });
  });

  it('is known again when it is refused a second time', () => {
    expect(readDeadLetter(letterOf(refused))).toEqual({
      id: '0@12',
      code: 'LATE',
      message: 'too late',
      service: 'segmenter',
      topic: 'p.observations.v1',
      partition: 3,
      offset: 77,
      at: 1000,
      cameBack: false,
    });
    const back = redrivenRecord(letterOf(refused), 4, 9000);
    const headers = Object.fromEntries(Object.entries(back.headers!).map(([name, held]) => [name, Buffer.from(held)]));
    expect(readDeadLetter(letterOf({ ...refused, headers })).cameBack).toBe(true);
  });
});
