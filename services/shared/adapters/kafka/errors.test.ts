import { describe, expect, it } from '@jest/globals';
import { ProtocolError } from '@platformatic/kafka';
import { messageOf, protocolErrorOf } from './errors.ts';

describe('what an error says', () => {
  it('has in it what it wraps, once', () => {
    const refused = new Error('SASL authentication failed');
    const failed = new Error('connection failed', { cause: refused });
    expect(messageOf(new AggregateError([failed, failed], 'no broker'))).toBe(
      'no broker: connection failed: SASL authentication failed',
    );
    expect(messageOf(new Error('cannot go on (connection failed)', { cause: new Error('connection failed') }))).toBe(
      'cannot go on (connection failed)',
    );
    expect(messageOf('text')).toBe('text');
  });

  it("is known by the broker's name for it, whichever client and however deep", () => {
    const kafkajs = Object.assign(new Error('concurrent'), { type: 'CONCURRENT_TRANSACTIONS' });
    expect(protocolErrorOf(new Error('commit failed', { cause: kafkajs }))).toBe('CONCURRENT_TRANSACTIONS');
    const other = new AggregateError([new AggregateError([new ProtocolError(51)], 'answer')], 'failed 3 times');
    expect(protocolErrorOf(other)).toBe('CONCURRENT_TRANSACTIONS');
    expect(protocolErrorOf(new Error('broken'))).toBeUndefined();
    expect(protocolErrorOf(undefined)).toBeUndefined();
  });
});
