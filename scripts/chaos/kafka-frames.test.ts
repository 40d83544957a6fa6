import { describe, expect, it } from '@jest/globals';
import { ANSWER_HEAD_BYTES, END_TXN, FrameReader, REQUEST_HEAD_BYTES, requestOf } from './kafka-frames.ts';

function frame(...fields: Buffer[]): Buffer {
  const body = Buffer.concat(fields);
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length);
  return Buffer.concat([length, body]);
}

function request(apiKey: number, correlationId: number, rest = 'client and more'): Buffer {
  const head = Buffer.alloc(REQUEST_HEAD_BYTES);
  head.writeInt16BE(apiKey, 0);
  head.writeInt32BE(correlationId, 4);
  return frame(head, Buffer.from(rest));
}

function answer(correlationId: number, rest = 'what it says'): Buffer {
  const head = Buffer.alloc(ANSWER_HEAD_BYTES);
  head.writeInt32BE(correlationId);
  return frame(head, Buffer.from(rest));
}

describe('frames of the Kafka protocol', () => {
  it.each([1, 3, 7, 50, 1000])('are found in pieces of %d bytes', (size) => {
    const sent = Buffer.concat([request(3, 1), request(END_TXN, 2), request(0, 3, 'x'.repeat(500)), request(1, 4, '')]);
    const told = Buffer.concat([answer(1), answer(2, ''), answer(3)]);
    const pieces = (bytes: Buffer) =>
      Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
    const requests = new FrameReader(REQUEST_HEAD_BYTES);
    const answers = new FrameReader(ANSWER_HEAD_BYTES);
    expect(pieces(sent).flatMap((piece) => [...requests.read(piece)].map(requestOf))).toEqual([
      { apiKey: 3, correlationId: 1 },
      { apiKey: END_TXN, correlationId: 2 },
      { apiKey: 0, correlationId: 3 },
      { apiKey: 1, correlationId: 4 },
    ]);
    expect(pieces(told).flatMap((piece) => [...answers.read(piece)].map((head) => head.readInt32BE(0)))).toEqual([
      1, 2, 3,
    ]);
  });
});
